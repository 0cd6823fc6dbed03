// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import io.gatehouse.proxy.LocalResponse;

/**
 * The frame of the ui door's own pages: style, and a Content-Security-Policy that allows that style and one script and nothing
 * else. Every text in {@code body} that is not ours has been through {@link #escape}.
 */
final class OwnPage {
    private static final PageAsset STYLE = PageAsset.load("pages.css");

    private OwnPage() {}

    /**
     * A page.
     *
     * @param head elements for the head
     * @param state what the script compares with later answers
     */
    static LocalResponse of(String title, String head, String state, String body, PageAsset script) {
        String page = """
                <!DOCTYPE html>
                <html lang="en" data-state="%s"><head><meta charset="utf-8"><title>%s</title>
                <meta name="viewport" content="width=device-width, initial-scale=1">%s
                <style>%s</style></head>
                <body>
                %s
                <script>%s</script></body></html>
                """.formatted(state, escape(title), head, STYLE.text(), body, script.text());
        return LocalResponse.of(200, "text/html; charset=utf-8", page)
                .with(
                        "Content-Security-Policy",
                        "default-src 'none'; style-src " + STYLE.source() + "; script-src " + script.source()
                                + "; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'")
                .with("Referrer-Policy", "same-origin");
    }

    /** Text as text, in elements and in quoted attributes. */
    static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }
}
