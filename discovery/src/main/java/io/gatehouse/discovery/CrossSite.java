// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import io.gatehouse.proxy.ClientInfo;
import io.gatehouse.proxy.CorsRules;
import io.gatehouse.proxy.ErrorType;
import io.gatehouse.proxy.Forwarding;
import io.gatehouse.proxy.RouteDecision;
import io.gatehouse.proxy.http1.HeaderName;
import io.gatehouse.proxy.http1.RequestHead;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Keeps other sites from acting in a viewer's name: Spark kills jobs on a POST, and not every one checks where it came from;
 * and a WebSocket that another site opens has the viewer's cookies. Browsers say where it came from by {@code Sec-Fetch-Site}
 * or {@code Origin}; programs send neither and pass. What older ones kill on a GET is {@link Kills}'.
 */
final class CrossSite {
    private CrossSite() {}

    /**
     * The refusal, or null.
     *
     * @param cors other sites that may; no other site kills or opens a WebSocket, wherever it stands
     */
    static @Nullable RouteDecision check(RequestHead head, ClientInfo client, CorsRules cors) {
        RouteDecision refused = check(head, client);
        boolean allowed =
                refused != null && !head.opensWebSocket() && cors.allowsChange(head) && !KillPath.matches(head.path());
        return allowed ? null : refused;
    }

    private static @Nullable RouteDecision check(RequestHead head, ClientInfo client) {
        if (head.method().isSafe() && !head.opensWebSocket()) {
            return null;
        }
        String site = head.value(HeaderName.SEC_FETCH_SITE);
        if (site != null) {
            return site.equals("same-origin") || site.equals("none") ? null : crossSite();
        }
        String origin = head.value(HeaderName.ORIGIN);
        return origin == null || isOwn(origin, head, client) ? null : crossSite();
    }

    /**
     * Whether the page came from where the request went. The scheme is compared where a trusted proxy has told it: without
     * one, somebody who is not known here may speak TLS to the browser.
     */
    static boolean isOwn(String origin, RequestHead head, ClientInfo client) {
        String host = client.host(head);
        int authority = origin.indexOf("://");
        if (host == null || authority <= 0) {
            return false;
        }
        Forwarding told = client.forwarding();
        boolean sameScheme = told.scheme() == null || told.scheme().equals(origin.substring(0, authority));
        String asked = origin.substring(authority + 3).toLowerCase(Locale.ROOT);
        String own = host.toLowerCase(Locale.ROOT);
        // Some proxies tell the port by itself only.
        return sameScheme && (asked.equals(own) || (told.port() > 0 && asked.equals(own + ":" + told.port())));
    }

    private static RouteDecision crossSite() {
        return new RouteDecision.Refuse(
                UiRoutes.UNKNOWN, ErrorType.HTTP_REQUEST_DENIED, "It was made by a page of another site.");
    }
}
