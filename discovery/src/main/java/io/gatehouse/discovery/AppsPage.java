// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import io.gatehouse.proxy.LocalResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;

/**
 * Our list of all applications as a page: a form to search with, a table, links to sort and to turn pages. It needs no script;
 * with one, the list is loaded again when it changes.
 */
final class AppsPage {
    static final String PATH = "/apps";
    /** Where the page's script listens. */
    static final String EVENTS = "/apps/events";

    /** How old a list may be before its age is said. */
    private static final Duration NEW = Duration.ofMinutes(1);

    private static final PageAsset SCRIPT = PageAsset.load("apps.js");

    private static final List<AppsQuery.Sort> COLUMNS = List.of(
            AppsQuery.Sort.ID, AppsQuery.Sort.NAME, AppsQuery.Sort.USER, AppsQuery.Sort.STATE, AppsQuery.Sort.STARTED);

    private final UiRouting rules;
    private final Map<String, String> troubles;
    private final AppsQuery query;
    private final AppsView view;
    private final HistorySnapshot history;
    private final String version;
    private final Instant now;
    private final StringBuilder out = new StringBuilder(16 << 10);

    /** {@code version}: of the list that is shown, see {@link AppsVersions}. */
    AppsPage(UiTargets targets, AppsQuery query, AppsView view, HistorySnapshot history, String version, Instant now) {
        this.rules = targets.rules();
        this.troubles = targets.directory().troubles();
        this.query = query;
        this.view = view;
        this.history = history;
        this.version = version;
        this.now = now;
    }

    /** Makes the page; once. */
    LocalResponse response() {
        out.append("<main><h1>Spark applications</h1>\n");
        form();
        // Where the script says that the list is not live.
        out.append("<p id=\"live\" class=\"mark\" role=\"status\"></p>\n<div id=\"list\" data-version=\"")
                .append(version)
                .append("\">\n");
        notes();
        table();
        pages();
        out.append("</div></main>");
        return OwnPage.of("Spark applications", "", "apps", out.toString(), SCRIPT)
                .with("Cache-Control", "no-store");
    }

    private void form() {
        out.append("<form action=\"")
                .append(rules.basePath())
                .append(PATH)
                .append("\" role=\"search\">\n<label>Name or id <input type=\"search\" name=\"q\" value=\"")
                .append(OwnPage.escape(query.text()))
                .append("\"></label>\n<label>User <input name=\"user\" value=\"")
                .append(OwnPage.escape(query.user()))
                .append("\"></label>\n<label>State <select name=\"state\"><option value=\"\">all</option>");
        for (ListedApplication.State state : ListedApplication.State.values()) {
            out.append("<option")
                    .append(state.word().equals(query.state()) ? " selected" : "")
                    .append('>')
                    .append(state.word())
                    .append("</option>");
        }
        out.append("</select></label>\n<input type=\"hidden\" name=\"sort\" value=\"")
                .append(query.descending() ? "-" : "")
                .append(query.sort().word())
                .append("\">\n<button>Search</button></form>\n");
    }

    private void notes() {
        out.append("<p class=\"quiet\" role=\"status\">")
                .append(view.total())
                .append(view.total() == 1 ? " application" : " applications")
                .append("</p>\n");
        if (rules.history().isEmpty()) {
            note(
                    "No History Server is configured (discovery.historyServer.url), so finished applications are not shown.");
        }
        troubles.forEach((source, trouble) ->
                note("What runs in " + source + " is shown as it was when that could be seen last. " + trouble));
        history.parts().forEach(this::note);
        if (history.truncated()) {
            note("The History Server has more than " + FinishedApplications.MOST
                    + " applications; those beyond are only in its own list.");
        }
        if (view.total() > AppsView.DEEPEST) {
            note("Only the first " + AppsView.DEEPEST + " are shown; search for fewer.");
        }
    }

    /** What is not as it should be with one server's part. */
    private void note(HistorySnapshot.Part part) {
        boolean several = rules.history().areSeveral();
        String server = several ? part.server() : "the History Server";
        Instant heard = part.heard();
        if (heard == null) {
            note("No list at the moment from " + server + ": finished applications " + (several ? "of its own " : "")
                    + "are not shown. Try again later.");
        } else if (!part.answers()) {
            note("No list at the moment from " + server + ": what it has is shown as it said " + Ago.of(heard, now)
                    + ".");
        } else if (heard.plus(NEW).isBefore(now)) {
            note("What is finished is shown as " + server + " said " + Ago.of(heard, now) + ".");
        }
    }

    private void note(String text) {
        out.append("<p class=\"mark\">").append(OwnPage.escape(text)).append("</p>\n");
    }

    private void table() {
        out.append("<table><thead><tr>");
        for (AppsQuery.Sort column : COLUMNS) {
            header(column);
        }
        out.append("<th scope=\"col\">Duration</th></tr></thead>\n<tbody>\n");
        view.rows().forEach(this::row);
        out.append("</tbody></table>\n");
    }

    private void header(AppsQuery.Sort column) {
        boolean sorted = column == query.sort();
        out.append("<th scope=\"col\"")
                .append(sorted ? " aria-sort=\"" + (query.descending() ? "descending" : "ascending") + "\"" : "")
                .append('>');
        link(query.sortedBy(column), title(column) + (sorted ? query.descending() ? " ▼" : " ▲" : ""));
        out.append("</th>");
    }

    private static String title(AppsQuery.Sort column) {
        return switch (column) {
            case ID -> "Application";
            case NAME -> "Name";
            case USER -> "User";
            case STATE -> "State";
            case STARTED -> "Started (UTC)";
        };
    }

    private void row(ListedApplication row) {
        out.append("<tr><th scope=\"row\"><a href=\"")
                .append(rules.basePath())
                .append(UiRouter.PERMANENT_PREFIX)
                .append(row.id())
                .append("/\">")
                .append(row.id())
                .append("</a></th><td>")
                .append(OwnPage.escape(row.name()))
                .append("</td><td>")
                .append(OwnPage.escape(row.user()))
                .append("</td><td>");
        state(row);
        out.append("</td><td>")
                .append(time(row.started()))
                .append("</td><td>")
                .append(duration(row))
                .append("</td></tr>\n");
    }

    private void state(ListedApplication row) {
        String why = row.reason().isEmpty() ? reason(row.state()) : row.reason();
        if (why.isEmpty()) {
            out.append(row.state().word());
            return;
        }
        long written = history.written(row.id());
        out.append("<span class=\"mark\" title=\"")
                .append(OwnPage.escape(why))
                .append(
                        written < 0
                                ? ""
                                : " The History Server last read something new in it "
                                        + Ago.of(Instant.ofEpochMilli(written), now) + ".")
                .append("\">")
                .append(row.state().word())
                .append("</span>");
    }

    /** What a state means where there is nothing better to say. */
    private static String reason(ListedApplication.State state) {
        return switch (state) {
            case UNKNOWN ->
                "Its log has no end, and no driver of it is known here: it runs elsewhere, or has ended without saying so.";
            case ZOMBIE -> "Its log has no end and gets none: its driver has gone without saying so.";
            default -> "";
        };
    }

    private static String time(long millis) {
        if (millis < 0) {
            return "";
        }
        String iso =
                Instant.ofEpochMilli(millis).truncatedTo(ChronoUnit.SECONDS).toString();
        return "<time datetime=\"" + iso + "\">" + iso.replace('T', ' ').replace("Z", "") + "</time>";
    }

    /** Up to now, for what runs; nothing for what ended nobody knows when. */
    private String duration(ListedApplication row) {
        long end = row.state() == ListedApplication.State.RUNNING ? now.toEpochMilli() : row.ended();
        if (row.started() < 0 || end < row.started()) {
            return "";
        }
        Duration duration = Duration.ofMillis(end - row.started());
        if (duration.toHours() > 0) {
            return duration.toHours() + " h " + duration.toMinutesPart() + " min";
        }
        return duration.toMinutes() > 0
                ? duration.toMinutes() + " min " + duration.toSecondsPart() + " s"
                : duration.toSeconds() + " s";
    }

    private void pages() {
        if (view.pages() == 1) {
            return;
        }
        out.append("<nav aria-label=\"Pages\"><p>");
        if (view.page() > 1) {
            link(query.withPage(view.page() - 1), "previous");
        }
        out.append(" page ")
                .append(view.page())
                .append(" of ")
                .append(view.pages())
                .append(' ');
        if (view.page() < view.pages()) {
            link(query.withPage(view.page() + 1), "next");
        }
        out.append("</p></nav>\n");
    }

    private void link(String newQuery, String text) {
        out.append("<a href=\"")
                .append(rules.basePath())
                .append(PATH)
                .append('?')
                .append(OwnPage.escape(newQuery))
                .append("\">")
                .append(text)
                .append("</a>");
    }
}
