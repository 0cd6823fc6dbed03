// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What of the configuration the ui door's routing depends on; replaced as a whole on reload.
 *
 * @param basePath the path below which another server has this one, {@code /gatehouse} for instance; {@code ""} where it
 *     stands by itself
 * @param proxyBase the first segments of a live UI's URL below that, {@code /sparkui} for instance
 * @param history null where there is no History Server
 */
public record UiRouting(
        String basePath, String proxyBase, @Nullable HistoryServer history) {
    /** Paths that cannot be the proxy base: below them the ui door has routes of its own. */
    public static final Set<String> TAKEN = Set.of(
            "/api",
            "/app",
            "/apps",
            "/api/v1",
            "/api/v1/applications",
            "/history",
            "/home",
            "/jobs",
            "/logPage",
            "/static");

    /**
     * The one proxy base with this word. Drivers behind it run with {@code spark.ui.reverseProxy=true} and put it and their id
     * before every link themselves.
     */
    public static final String BARE_PROXY = "/proxy";

    private static final Pattern PATH = Pattern.compile("(/(?![.]{1,2}(/|$))[A-Za-z0-9._-]+)+");

    /** First segments of the ui door's own paths. */
    private static final Set<String> OWN = Set.of(
            "api",
            "app",
            "apps",
            "favicon.ico",
            "healthz",
            "history",
            "home",
            "jobs",
            "logPage",
            "readiness",
            "static");

    public UiRouting {
        if (!PATH.matcher(proxyBase).matches() || TAKEN.contains(proxyBase)) {
            throw new IllegalArgumentException("not a proxy base: " + proxyBase);
        }
        if (!basePath.isEmpty() && !isBasePath(basePath, proxyBase)) {
            throw new IllegalArgumentException("not a base path: " + basePath);
        }
    }

    /** At the root of its server. */
    public UiRouting(String proxyBase, @Nullable HistoryServer history) {
        this("", proxyBase, history);
    }

    /** Spark's pages look for {@code history} and {@code proxy} in their address, wherever they stand. */
    private static boolean isBasePath(String basePath, String proxyBase) {
        List<String> segments = Arrays.asList(basePath.split("/", -1));
        return PATH.matcher(basePath).matches()
                && !segments.contains("history")
                && !segments.contains("proxy")
                && !proxyBase.equals(BARE_PROXY)
                && !isOwnPath(basePath, proxyBase);
    }

    /**
     * Whether a path of the ui door may begin as {@code basePath} does. Then it would not show whether a proxy has taken the base
     * path off already.
     */
    public static boolean isOwnPath(String basePath, String proxyBase) {
        String first = basePath.split("/", -1)[basePath.startsWith("/") ? 1 : 0];
        return OWN.contains(first) || (proxyBase + "/").startsWith("/" + first + "/");
    }

    /** A path without the base path, where it came with it. */
    String below(String path) {
        return !basePath.isEmpty() && path.startsWith(basePath + "/") ? path.substring(basePath.length()) : path;
    }

    /** The public prefix of an application's UI. */
    String prefixOf(String appId) {
        return basePath + proxyBase + "/" + appId;
    }
}
