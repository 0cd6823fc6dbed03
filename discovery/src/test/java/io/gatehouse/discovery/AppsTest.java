// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import static io.gatehouse.discovery.Decisions.app;
import static io.gatehouse.discovery.HandOvers.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.gatehouse.discovery.ListedApplication.State;
import io.gatehouse.proxy.LocalResponse;
import io.gatehouse.proxy.Upstream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Our own list: what is on a page for what was asked, and how it looks in HTML. */
class AppsTest {
    private static final UiRouting RULES =
            new UiRouting("/gatehouse", "/sparkui", new HistoryServer(new Upstream("shs", 18080), ""));
    private static final AppDirectory DIRECTORY = new AppDirectory(
            List.of(app("app-1", "a", SparkJson.listing("app-1", "stream", null)), app("app-2", "b", null)),
            Lives.of("end-1", new ApplicationLife.Ended(NOW)));
    private static final HistorySnapshot HISTORY = new HistorySnapshot(
            List.of(
                    row("app-1", "as the log has it", "x", State.UNKNOWN, 5),
                    row("end-1", "just ended", "ann", State.UNKNOWN, 4),
                    row("old-3", "Nightly", "bob", State.FINISHED, 3),
                    row("old-2", "hourly", "ann", State.FINISHED, 2),
                    row("dead-1", "killed", "bob", State.UNKNOWN, 1),
                    row("dead-2", "killed long ago", "eve", State.UNKNOWN, 0)),
            false,
            heard(
                    true,
                    Map.of(
                            "dead-1",
                            NOW.minus(Duration.ofHours(24)).toEpochMilli(),
                            "dead-2",
                            NOW.minus(Duration.ofHours(24)).toEpochMilli() - 1)));

    private static List<HistorySnapshot.Part> heard(boolean answers, Map<String, Long> written) {
        return List.of(new HistorySnapshot.Part("history", NOW.minusSeconds(59), answers, written));
    }

    private static HistorySnapshot snapshot(List<ListedApplication> rows, boolean truncated) {
        return new HistorySnapshot(rows, truncated, heard(true, Map.of()));
    }

    private static ListedApplication row(String id, String name, String user, State state, long started) {
        return new ListedApplication(
                id, name, user, state, started, state == State.FINISHED ? started + 61_000 : -1, null);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
            -                       | app-1 end-1 old-3 old-2 dead-1 dead-2 app-2
            sort=started            | app-2 dead-2 dead-1 old-2 old-3 end-1 app-1
            sort=id                 | app-1 app-2 dead-1 dead-2 end-1 old-2 old-3
            sort=name               | app-2 old-2 end-1 dead-1 dead-2 old-3 app-1
            sort=-user              | app-1 dead-2 old-3 dead-1 old-2 end-1 app-2
            sort=state              | app-2 app-1 end-1 old-3 old-2 dead-1 dead-2
            q=NIGHT                 | old-3
            q=old-                  | old-3 old-2
            q=%20stream+            | app-1
            user=ann                | end-1 old-2
            user=an                 | ''
            state=running           | app-1 app-2
            state=finalising        | end-1
            state=finished          | old-3 old-2
            state=zombie            | dead-2
            state=unknown           | dead-1
            state=unknown&user=ann  | ''
            # what makes no sense is as if it were not there
            state=x&sort=y&page=z   | app-1 end-1 old-3 old-2 dead-1 dead-2 app-2
            page=7&&=&q             | app-1 end-1 old-3 old-2 dead-1 dead-2 app-2
            q=%zz                   | app-1 end-1 old-3 old-2 dead-1 dead-2 app-2
            """)
    void whatIsAskedForIsShownInThatOrder(String query, String ids) {
        AppsView view = AppsView.of(DIRECTORY, HISTORY, AppsQuery.of(query == null ? "" : query), NOW);
        assertThat(String.join(
                        " ", view.rows().stream().map(ListedApplication::id).toList()))
                .isEqualTo(ids);
        assertThat(view.total()).isEqualTo(view.rows().size());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            wait-1  | pending    | No node can take its pod.
            start-1 | starting   | Its UI does not answer yet.
            bad-1   | failed     | Killed (OOMKilled, exit code 137).
            gone-1  | gone       | Its pod was evicted.
            well-1  | finalising | The application ended 9 s ago without an error. No History Server has its event log yet.
            well-2  | finished   | The application ended 6 min ago without an error. No History Server has its event log.
            log-1   | finished   | ''
            log-2   | failed     | The driver ended with exit code 1.
            log-3   | finalising | The application ended 9 s ago without an error.
            log-4   | zombie     | The application ended 6 min ago without an error. Its log has no end and gets none.
            log-5   | gone       | Its pod was deleted.
            log-6   | pending    | Wait.
            """)
    void whatDiscoveryKnowsOfThoseThatDoNotRunIsShown(String id, String state, String reason) {
        // Given
        Instant lately = NOW.minusSeconds(9);
        Instant before = NOW.minusSeconds(6 * 60);
        AppDirectory directory = AppDirectory.EMPTY.with(Lives.of(Map.ofEntries(
                Map.entry("wait-1", new ApplicationLife.Pending("No node can take its pod.")),
                Map.entry("start-1", new ApplicationLife.Starting("Its UI does not answer yet.")),
                Map.entry("bad-1", new ApplicationLife.Failed(before, "Killed (OOMKilled, exit code 137).")),
                Map.entry("gone-1", new ApplicationLife.Gone(before, "Its pod was evicted.")),
                Map.entry("well-1", new ApplicationLife.Succeeded(lately)),
                Map.entry("well-2", new ApplicationLife.Succeeded(before)),
                Map.entry("log-1", new ApplicationLife.Gone(lately, "Its pod was deleted.")),
                Map.entry("log-2", new ApplicationLife.Failed(lately, "The driver ended with exit code 1.")),
                Map.entry("log-3", new ApplicationLife.Succeeded(lately)),
                Map.entry("log-4", new ApplicationLife.Succeeded(before)),
                Map.entry("log-5", new ApplicationLife.Gone(before, "Its pod was deleted.")),
                Map.entry("log-6", new ApplicationLife.Pending("Wait.")))));
        HistorySnapshot history = snapshot(
                List.of(
                        row("log-1", "deleted when it was done", "ann", State.FINISHED, 1),
                        row("log-2", "failed", "ann", State.FINISHED, 1),
                        row("log-3", "about to be whole", "ann", State.UNKNOWN, 1),
                        row("log-4", "never whole", "ann", State.UNKNOWN, 1),
                        row("log-5", "taken away", "ann", State.UNKNOWN, 1),
                        row("log-6", "started again", "ann", State.UNKNOWN, 1)),
                false);

        // When
        AppsView view = AppsView.of(directory, history, AppsQuery.of("q=" + id), NOW);

        // Then
        assertThat(view.rows())
                .extracting(row -> row.state().word(), ListedApplication::reason)
                .containsExactly(tuple(state, reason));
        String page = page(directory, history, "q=" + id);
        assertThat(page).contains(reason.isEmpty() ? "<td>" + state + "</td>" : "title=\"" + reason);
    }

    @Test
    void whatNobodyListsIsShownWithWhatDiscoveryKnowsOfIt() {
        AbsentApplication absent = new AbsentApplication(
                "app-9",
                "nightly",
                "ann",
                1000,
                new ApplicationLife.Failed(Instant.ofEpochMilli(5000), "Exit code 1."));
        AppsView view = AppsView.of(
                AppDirectory.EMPTY.with(Map.of("app-9", absent)), HistorySnapshot.NOTHING, AppsQuery.of(""), NOW);
        assertThat(view.rows())
                .containsExactly(new ListedApplication(
                        "app-9", "nightly", "ann", State.FAILED, 1000, 5000, null, "Exit code 1."));
    }

    @Test
    void aSourceThatCannotSeeIsSaid() {
        AppDirectory blind = DIRECTORY.with(Map.of(), Map.of("eu", "The API server does not answer."));
        assertThat(page(blind, HISTORY, ""))
                .contains(
                        "What runs in eu is shown as it was when that could be seen last. The API server does not answer.");
        AppsVersions versions = new AppsVersions(InstantSource.fixed(NOW));
        String seen = versions.of(new AppsVersions.Present(DIRECTORY.with(Map.of()), HISTORY, NOW));
        assertThat(versions.of(new AppsVersions.Present(blind, HISTORY, NOW))).isNotEqualTo(seen);
    }

    @ParameterizedTest
    @CsvSource({"119, finalising", "121, zombie"})
    void anEndWithoutTheEndOfItsLogIsThatOfAZombieAfterTwoMinutes(long seconds, String state) {
        Instant later = NOW.plusSeconds(seconds);
        AppsView view = AppsView.of(DIRECTORY, HISTORY, AppsQuery.of("q=end-1"), later);
        assertThat(view.rows()).extracting(row -> row.state().word()).containsExactly(state);
        // Whoever looks at the list is told of it.
        AppsVersions versions = new AppsVersions(InstantSource.fixed(NOW));
        String before = versions.of(new AppsVersions.Present(DIRECTORY, HISTORY, NOW));
        String after = versions.of(new AppsVersions.Present(DIRECTORY, HISTORY, later));
        assertThat(after.equals(before)).isEqualTo(state.equals("finalising"));
    }

    @Test
    void aVersionLastsAsLongAsAViewerWouldSeeTheSame() {
        // Given
        AppsVersions versions = new AppsVersions(InstantSource.fixed(NOW));
        String first = versions.of(new AppsVersions.Present(DIRECTORY, HISTORY, NOW));

        // When: the same again from other objects, and a log that was written to
        AppDirectory again = new AppDirectory(
                List.copyOf(DIRECTORY.applications()), Lives.of("end-1", new ApplicationLife.Ended(NOW)));
        HistorySnapshot written = new HistorySnapshot(
                new ArrayList<>(HISTORY.rows()), false, heard(true, Map.of("dead-1", NOW.toEpochMilli())));

        // Then
        assertThat(versions.of(new AppsVersions.Present(again, written, NOW))).isEqualTo(first);

        // When: it does not answer, and answers
        String silent = versions.of(new AppsVersions.Present(again, written.unanswered(), NOW));
        String back = versions.of(new AppsVersions.Present(again, written, NOW));

        // Then
        assertThat(List.of(first, silent, back)).doesNotHaveDuplicates();
        assertThat(new AppsVersions(InstantSource.fixed(NOW.plusMillis(1)))
                        .of(new AppsVersions.Present(DIRECTORY, HISTORY, NOW)))
                .as("after a restart")
                .isNotEqualTo(first);
        assertThat(page(DIRECTORY, HISTORY, "")).contains("<div id=\"list\" data-version=\"v-1\">");
    }

    @Test
    void pagesTogetherAreAllRowsOnce() {
        // Given
        List<ListedApplication> rows = new ArrayList<>();
        for (int i = 0; i < 3 * AppsView.PAGE_SIZE + 7; i++) {
            rows.add(row("app-" + i, "n" + i % 3, "u", State.FINISHED, i / 5));
        }
        HistorySnapshot history = snapshot(rows, false);
        for (String sort : List.of("", "sort=name", "sort=-user", "sort=id")) {
            // When
            List<String> seen = new ArrayList<>();
            for (int page = 1; page <= 4; page++) {
                AppsView view = AppsView.of(AppDirectory.EMPTY, history, AppsQuery.of(sort + "&page=" + page), NOW);
                assertThat(view.pages()).isEqualTo(4);
                assertThat(view.page()).isEqualTo(page);
                view.rows().forEach(row -> seen.add(row.id()));
            }

            // Then
            assertThat(seen)
                    .as(sort)
                    .containsExactlyInAnyOrderElementsOf(
                            rows.stream().map(ListedApplication::id).toList());
        }
    }

    @Test
    void manyAreWalkedThroughAndFewAreHeld() {
        // Given
        List<ListedApplication> rows = new ArrayList<>();
        for (int i = 0; i < FinishedApplications.MOST; i++) {
            rows.add(row("app-" + i, "n", "u", State.FINISHED, i));
        }
        HistorySnapshot history = snapshot(rows, true);

        // When
        AppsQuery last = AppsQuery.of("page=99999");
        AppsView view = AppsView.of(AppDirectory.EMPTY, history, last, NOW);

        // Then
        assertThat(view.total()).isEqualTo(FinishedApplications.MOST);
        assertThat(view.page()).isEqualTo(AppsView.DEEPEST / AppsView.PAGE_SIZE);
        assertThat(view.rows()).hasSize(AppsView.PAGE_SIZE);
        assertThat(page(AppDirectory.EMPTY, history, ""))
                .contains("100000 applications", "more than 100000", "Only the first 10000", "page 1 of 200");
        assertThat(page(AppDirectory.EMPTY, history, "q=app-77777")).contains("1 application<", "app-77777");
    }

    @Test
    void aRowHasALinkForItsWholeLifeStateUserStartAndDuration() {
        String page = page(DIRECTORY, HISTORY, "q=old-3");
        assertThat(page)
                .contains(
                        "<a href=\"/gatehouse/app/old-3/\">old-3</a>", "<td>Nightly</td><td>bob</td><td>finished</td>")
                .contains("<time datetime=\"1970-01-01T00:00:00Z\">1970-01-01 00:00:00</time>", "<td>1 min 1 s</td>");
        assertThat(page(DIRECTORY, HISTORY, "state=zombie"))
                .contains("Its log has no end and gets none", "last read something new in it 24 h ago.\">zombie<");
        assertThat(page(DIRECTORY, HISTORY, "state=unknown"))
                .contains("it runs elsewhere, or has ended", "last read something new in it 24 h ago.\">unknown<");
        assertThat(page(DIRECTORY, HISTORY, "q=app-1"))
                .contains("stream", ">root<")
                .doesNotContain("as the log has it");
    }

    @ParameterizedTest
    @ValueSource(strings = {"</td><script>alert(1)</script>", "\"><img src=x onerror=y>", "' onclick='x", "&lt;%s{{"})
    void textOfOthersIsTextAndNothingElse(String evil) {
        HistorySnapshot history = snapshot(List.of(row("old-1", evil, evil, State.FINISHED, 1)), false);
        String encoded = URLEncoder.encode(evil, StandardCharsets.UTF_8);
        String page = page(AppDirectory.EMPTY, history, "q=" + encoded + "&user=" + encoded);
        assertThat(page)
                .contains("old-1", OwnPage.escape(evil))
                .doesNotContain(evil)
                .doesNotContain("<script>alert", "<img");
        assertThat(page(AppDirectory.EMPTY, history, "state=" + encoded + "&sort=" + encoded))
                .doesNotContain(evil);
    }

    @Test
    void linksToSortAndToTurnPagesKeepTheSearch() {
        List<ListedApplication> rows = new ArrayList<>();
        for (int i = 0; i < 120; i++) {
            rows.add(row("app-" + i, "a&b", "u", State.FINISHED, i));
        }
        String page = page(AppDirectory.EMPTY, snapshot(rows, false), "q=a%26b&user=u&state=finished&sort=name&page=2");
        assertThat(page)
                .contains(
                        "?q=a%26b&amp;state=finished&amp;user=u&amp;sort=name&amp;page=1\">previous",
                        "?q=a%26b&amp;state=finished&amp;user=u&amp;sort=name&amp;page=3\">next",
                        "aria-sort=\"ascending\"",
                        "&amp;sort=-name&amp;page=1\">Name ▲",
                        "&amp;sort=-started&amp;page=1\">Started",
                        "value=\"a&amp;b\"",
                        "<option selected>finished</option>");
    }

    @Test
    void whatIsMissingIsSaid() {
        HistorySnapshot never = HistorySnapshot.nothingOf(RULES.history().first());
        assertThat(page(DIRECTORY, never, ""))
                .contains("No list at the moment from the History Server: finished applications are not");
        assertThat(page(DIRECTORY, HISTORY.unanswered(), "")).contains("as it said 59 s ago", "old-3");
        assertThat(page(DIRECTORY, HISTORY, "")).doesNotContain("class=\"mark\">No", "ago.</p>");
        assertThat(page(DIRECTORY, HISTORY, "", NOW.plusSeconds(661)))
                .contains("What is finished is shown as the History Server said 12 min ago.");
        UiRouting without = new UiRouting("/sparkui", null);
        AppsQuery query = AppsQuery.of("");
        AppsView view = AppsView.of(DIRECTORY, HistorySnapshot.NOTHING, query, NOW);
        assertThat(text(new AppsPage(targets(without, DIRECTORY), query, view, HistorySnapshot.NOTHING, "v-1", NOW)
                        .response()))
                .contains("No History Server is configured");
    }

    private static String page(AppDirectory directory, HistorySnapshot history, String query) {
        return page(directory, history, query, NOW);
    }

    private static String page(AppDirectory directory, HistorySnapshot history, String query, Instant now) {
        AppsQuery asked = AppsQuery.of(query);
        AppsView view = AppsView.of(directory, history, asked, now);
        LocalResponse response = new AppsPage(targets(RULES, directory), asked, view, history, "v-1", now).response();
        assertThat(response.fields())
                .anySatisfy(field -> assertThat(field.value()).contains("default-src 'none'", "script-src 'sha256-"));
        return text(response);
    }

    private static UiTargets targets(UiRouting rules, AppDirectory directory) {
        return new UiTargets(rules, directory, HostLabels.NONE, new PageRoots(), (request, error) -> null);
    }

    private static String text(LocalResponse response) {
        return new String(response.body(), StandardCharsets.UTF_8);
    }
}
