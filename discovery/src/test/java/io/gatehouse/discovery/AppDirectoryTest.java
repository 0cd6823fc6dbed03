// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import static io.gatehouse.discovery.Decisions.app;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class AppDirectoryTest {
    @Test
    void theFirstSourceOfAnApplicationCounts() {
        Application first = app("app-1", "one", SparkJson.listing("app-1", "x", null));
        Application second = app("app-1", "two", SparkJson.listing("app-1", "x", null));
        assertThat(new AppDirectory(List.of(first, second)).find("app-1")).isSameAs(first);
    }

    @Test
    void aSourceThatHasHeardFromTheDriverCountsMore() {
        Application silent = app("app-1", "one", null);
        Application heard = app("app-1", "two", SparkJson.listing("app-1", "x", null));
        assertThat(new AppDirectory(List.of(silent, heard)).find("app-1")).isSameAs(heard);
        assertThat(new AppDirectory(List.of(silent, app("app-1", "two", null))).find("app-1"))
                .isSameAs(silent);
    }

    @Test
    void aDirectoryKeepsItsOrderAndDoesNotChange() {
        Application b = app("b", "b", null);
        Application a = app("a", "a", null);
        AppDirectory directory = new AppDirectory(List.of(b, a));
        assertThat(directory.applications()).containsExactly(b, a);
        assertThat(directory.find("c")).isNull();
        assertThatThrownBy(() -> directory.applications().clear()).isInstanceOf(UnsupportedOperationException.class);
    }
}
