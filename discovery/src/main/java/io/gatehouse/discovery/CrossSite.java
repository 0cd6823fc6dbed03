// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import io.gatehouse.proxy.ErrorType;
import io.gatehouse.proxy.RouteDecision;
import io.gatehouse.proxy.http1.HeaderName;
import io.gatehouse.proxy.http1.RequestHead;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Keeps other sites from acting in a viewer's name: Spark kills jobs on a POST, older ones on a GET too, and none checks
 * where it came from. Browsers say so by {@code Sec-Fetch-Site} or {@code Origin}; programs send neither and pass.
 */
final class CrossSite {
    private CrossSite() {}

    /** The refusal, or null. */
    static @Nullable RouteDecision check(RequestHead head) {
        if (head.method().isSafe()) {
            String path = head.path();
            return path.endsWith("/kill") || path.endsWith("/kill/")
                    ? refuse(ErrorType.METHOD_NOT_ALLOWED, "A job is killed with POST, from the page that shows it.")
                    : null;
        }
        String site = head.value(HeaderName.SEC_FETCH_SITE);
        if (site != null) {
            return site.equals("same-origin") || site.equals("none") ? null : crossSite();
        }
        String origin = head.value(HeaderName.ORIGIN);
        return origin == null || isOwn(origin, head) ? null : crossSite();
    }

    private static boolean isOwn(String origin, RequestHead head) {
        String host = head.value(HeaderName.HOST);
        int authority = origin.indexOf("://");
        return host != null
                && authority > 0
                && origin.substring(authority + 3).toLowerCase(Locale.ROOT).equals(host.toLowerCase(Locale.ROOT));
    }

    private static RouteDecision crossSite() {
        return refuse(ErrorType.HTTP_REQUEST_DENIED, "It was made by a page of another site.");
    }

    private static RouteDecision refuse(ErrorType error, String detail) {
        return new RouteDecision.Refuse(UiRoutes.UNKNOWN, error, detail);
    }
}
