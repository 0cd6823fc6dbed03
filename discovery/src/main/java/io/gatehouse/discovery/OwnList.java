// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.StringJoiner;

/** The list of applications where no History Server makes one, or none that answers: running ones only. */
final class OwnList {
    private OwnList() {}

    /** The same shape as Spark's. */
    static String json(AppDirectory directory, ListRequest request) {
        StringJoiner list = new StringJoiner(", ", "[ ", " ]");
        ListSelection selection = new ListSelection(directory, request);
        selection.first().forEach(entry -> list.add(new String(entry, StandardCharsets.UTF_8)));
        selection.last().forEach(entry -> list.add(new String(entry, StandardCharsets.UTF_8)));
        return list.toString();
    }

    /** A plain page that needs no script. */
    static String page(AppDirectory directory, UiRouting rules) {
        StringBuilder rows = new StringBuilder();
        directory.applications().stream()
                .sorted(Comparator.comparing(Application::id))
                .forEach(application -> {
                    AppListing listing = application.listing();
                    rows.append("<tr><td><a href=\"")
                            .append(rules.prefixOf(application.id()))
                            .append("/\">")
                            .append(application.id())
                            .append("</a></td><td>")
                            .append(listing == null ? "" : OwnPage.escape(listing.name()))
                            .append("</td></tr>\n");
                });
        return """
                <!DOCTYPE html>
                <html lang="en"><head><meta charset="utf-8"><title>Spark applications</title>
                <meta name="viewport" content="width=device-width, initial-scale=1"></head>
                <body><h1>Running Spark applications</h1>
                <p>%s</p>
                <table><thead><tr><th>Application</th><th>Name</th></tr></thead>
                <tbody>
                %s</tbody></table></body></html>
                """.formatted(
                        rules.history().isEmpty()
                                ? "No History Server is configured (discovery.historyServer.url), so finished applications are not"
                                        + " shown."
                                : "The History Server does not answer, so finished applications are not shown. Try again later.",
                        rows);
    }
}
