// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import io.gatehouse.proxy.http1.HeaderName;
import io.gatehouse.proxy.http1.RequestHead;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a request for {@code /api/v1/applications} asks for (Spark's {@code ApplicationListResource}).
 *
 * @param includesFinished whether finished applications belong into the answer
 * @param includesRunning whether running ones do
 * @param forHomePage whether the History Server's own first page asks: it wants completed applications only, and gets the
 *     running ones beside them
 * @param limit the most entries, over both kinds
 */
record ListRequest(boolean includesFinished, boolean includesRunning, boolean forHomePage, int limit) {
    static ListRequest of(RequestHead head) {
        List<String> statuses = new ArrayList<>();
        @Nullable String limit = null;
        boolean dates = false;
        for (String pair : head.query().split("&", -1)) {
            int equals = pair.indexOf('=');
            String name = decoded(equals < 0 ? pair : pair.substring(0, equals));
            String value = equals < 0 ? "" : decoded(pair.substring(equals + 1));
            switch (name) {
                case "status" -> statuses.add(value.toLowerCase(Locale.ROOT));
                case "limit" -> limit = limit == null ? value : limit; // as Jersey does
                // Dates are the History Server's to judge; what runs is not mixed in then.
                case "minDate", "maxDate", "minEndDate", "maxEndDate" -> dates = true;
                default -> {}
            }
        }
        boolean page = "xmlhttprequest".equalsIgnoreCase(head.value(HeaderName.X_REQUESTED_WITH))
                && statuses.equals(List.of("completed"));
        boolean running = !dates && (statuses.isEmpty() || statuses.contains("running") || page);
        boolean finished = statuses.isEmpty() || statuses.contains("completed");
        return new ListRequest(finished, running, page, limit == null ? Integer.MAX_VALUE : number(limit));
    }

    /** As it came where the escapes are broken: the History Server will say so. */
    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException brokenEscape) {
            return text;
        }
    }

    private static int number(String value) {
        try {
            return Math.max(0, Integer.parseInt(value));
        } catch (NumberFormatException wrong) {
            return Integer.MAX_VALUE;
        }
    }

    /** The entry of an application in this answer. */
    byte[] entry(AppListing listing) {
        return forHomePage ? listing.pageJson() : listing.json();
    }
}
