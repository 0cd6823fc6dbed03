// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What of the configuration the ui door's routing depends on; replaced as a whole on reload.
 *
 * @param proxyBase the first segments of a live UI's URL, {@code /sparkui} for instance
 * @param history null where there is no History Server
 */
public record UiRouting(String proxyBase, @Nullable HistoryServer history) {
    /** Paths that cannot be the proxy base: below them the ui door has routes of its own. */
    public static final Set<String> TAKEN =
            Set.of("/api", "/api/v1", "/api/v1/applications", "/history", "/home", "/jobs", "/logPage", "/static");

    /**
     * The one proxy base with this word. Drivers behind it run with {@code spark.ui.reverseProxy=true} and put it and their id
     * before every link themselves.
     */
    public static final String BARE_PROXY = "/proxy";

    public UiRouting {
        if (!proxyBase.matches("(/(?![.]{1,2}(/|$))[A-Za-z0-9._-]+)+") || TAKEN.contains(proxyBase)) {
            throw new IllegalArgumentException("not a proxy base: " + proxyBase);
        }
    }

    /** The public prefix of an application's UI. */
    String prefixOf(String appId) {
        return proxyBase + "/" + appId;
    }
}
