// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.proxy.Upstream;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LiveTargetTest {
    private static final Application APPLICATION = Decisions.app("app-1", "driver", null);
    private static final PageRoots.Key SERVER = PageRoots.Key.of(APPLICATION);
    private static final UiRouting ROUTING = new UiRouting("/gate", "/sparkui", null);

    private final PageRoots roots = new PageRoots();
    private final LiveTarget target = new LiveTarget(APPLICATION, ROUTING, roots, (_, _) -> null);

    @ParameterizedTest
    @ValueSource(strings = {"static/webui.js", "static/", "api/v1/applications", "api/"})
    void whatIsNoPageIsNeverLookedInto(String path) {
        assertThat(target.forPath(path).target().filter()).isNull();
        roots.learn(SERVER, "/driver-7");
        assertThat(target.forPath(path).target().filter()).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "jobs/", "stages/stage/", "staticx", "apis/x"})
    void pagesAreLookedIntoUntilOneSaysThatAllIsWell(String path) {
        assertThat(target.forPath(path).target().filter()).isNotNull();
        roots.learn(SERVER, "/gate/sparkui/app-1");
        assertThat(target.forPath(path).target().filter()).isNull();
    }

    @Test
    void aPrefixOfTheApplicationsOwnCountsInRedirectsToo() {
        assertThat(target.forPath("jobs/").target().ownRoot()).isEmpty();
        roots.learn(SERVER, "/driver-7");
        assertThat(target.forPath("jobs/").target().filter()).isNotNull();
        assertThat(target.forPath("jobs/").target().ownRoot()).asString().isEqualTo("/driver-7");
        assertThat(target.forPath("jobs/")).isSameAs(target.forPath("stages/"));
    }

    @Test
    void onlyTheScriptWithAPathOfItsOwnIsEdited() {
        assertThat(target.forPath("static/sql/spark-sql-viz.js").target().filter())
                .isNotNull();
    }

    @Test
    void whatIsGoneIsForgotten() {
        HistoryServer history = new HistoryServer(new Upstream("shs", 18080), "");
        PageRoots.Key server = PageRoots.Key.of(history);
        roots.learn(SERVER, "/driver-7");
        roots.learn(server, "/shs");
        roots.retain(new AppDirectory(List.of(APPLICATION)), HistoryServers.of(history));
        assertThat(roots.of(SERVER)).isEqualTo("/driver-7");
        assertThat(roots.of(server)).isEqualTo("/shs");
        roots.retain(new AppDirectory(List.of(Decisions.app("app-1", "another", null))), HistoryServers.of(null));
        assertThat(roots.of(SERVER)).isNull();
        assertThat(roots.of(server)).isNull();
    }
}
