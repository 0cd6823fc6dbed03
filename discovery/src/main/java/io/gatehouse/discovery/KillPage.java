// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import io.gatehouse.proxy.ClientInfo;
import io.gatehouse.proxy.LocalResponse;
import io.gatehouse.proxy.http1.HeaderName;
import io.gatehouse.proxy.http1.RequestHead;

/**
 * The page between a link of Spark's that kills and the kill: one form, without a script, that posts to the link's own URL. No
 * other site can show it in a frame, so that nobody is led to press its button.
 */
final class KillPage {
    private static final String POLICY =
            "default-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    private KillPage() {}

    /** {@code prefix}: of the application's UI, as the browser sees it. */
    static LocalResponse of(
            Application application, KillPath.Link link, String prefix, RequestHead head, ClientInfo client) {
        AppListing listing = application.listing();
        String name = listing == null ? application.id() : listing.name() + " (" + application.id() + ")";
        // A form without an action posts to the address of its page, query and all.
        String page = """
                <!DOCTYPE html>
                <html lang="en"><head><meta charset="utf-8"><title>Kill %1$s %2$s?</title>
                <meta name="viewport" content="width=device-width, initial-scale=1"></head>
                <body><h1>Kill %1$s %2$s?</h1>
                <p>It belongs to %3$s.</p>
                <form method="post"><button type="submit">Kill %1$s %2$s</button></form>
                <p><a href="%4$s">Back, and let it run</a></p></body></html>
                """.formatted(
                link.kind(), link.id(), OwnPage.escape(name), OwnPage.escape(wayBack(link, prefix, head, client)));
        return LocalResponse.of(200, "text/html; charset=utf-8", page)
                .with("Content-Security-Policy", POLICY)
                .with("X-Frame-Options", "DENY")
                // Enough for the POST to say where it comes from.
                .with("Referrer-Policy", "same-origin")
                .with("Cache-Control", "no-store");
    }

    /** The page that the viewer comes from, where that is one of this application's; its list of jobs or stages otherwise. */
    private static String wayBack(KillPath.Link link, String prefix, RequestHead head, ClientInfo client) {
        String list = prefix + "/" + link.kind() + "s/";
        String referer = head.value(HeaderName.REFERER);
        if (referer == null) {
            return list;
        }
        int authority = referer.indexOf("://");
        int path = authority < 0 ? -1 : referer.indexOf('/', authority + 3);
        if (path < 0 || !CrossSite.isOwn(referer.substring(0, path), head, client)) {
            return list;
        }
        String page = referer.substring(path);
        String withoutQuery = page.split("[?]", 2)[0];
        boolean ours = page.startsWith(prefix + "/") && page.chars().allMatch(c -> c > ' ' && c <= '~');
        boolean plain = withoutQuery.indexOf('%') < 0 && !withoutQuery.contains("/kill");
        return ours && plain ? page : list;
    }
}
