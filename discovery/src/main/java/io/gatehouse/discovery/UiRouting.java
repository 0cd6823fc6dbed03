// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import java.time.Duration;
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
 * @param listPatience how long a list of applications waits for a History Server to begin with its own
 * @param hosts null where all applications are shown on one host
 */
public record UiRouting(
        String basePath,
        String proxyBase,
        HistoryServers history,
        Duration listPatience,
        @Nullable ApplicationHosts hosts) {
    /**
     * The one proxy base with this word. Drivers behind it run with {@code spark.ui.reverseProxy=true} and put it and their id
     * before every link themselves. With another proxy base, it leads there.
     */
    public static final String BARE_PROXY = "/proxy";

    /** Below this, by their names, the pages of several History Servers; Spark's scripts see no segment of theirs in it. */
    static final String HISTORY_SERVERS = "/history-servers";

    private static final Duration LIST_PATIENCE = Duration.ofSeconds(10);
    private static final Pattern PATH = Pattern.compile("(/(?![.]{1,2}(/|$))[A-Za-z0-9._-]+)+");

    /** First segments of the ui door's own paths. */
    private static final Set<String> OWN = Set.of(
            "api",
            "app",
            "apps",
            "favicon.ico",
            "healthz",
            "history",
            "history-servers",
            "home",
            "jobs",
            "logPage",
            "readiness",
            "static");

    public UiRouting {
        if (!PATH.matcher(proxyBase).matches() || isOwn(proxyBase) || kills(proxyBase)) {
            throw new IllegalArgumentException("not a proxy base: " + proxyBase);
        }
        if (!basePath.isEmpty() && !isBasePath(basePath, proxyBase)) {
            throw new IllegalArgumentException("not a base path: " + basePath);
        }
    }

    /** Whether everything below a proxy base would look as if it killed a job: then nothing of it could be shown. */
    public static boolean kills(String proxyBase) {
        return KillPath.matches(proxyBase);
    }

    /** At the root of its server, with one History Server or, where that is null, none. */
    public UiRouting(String proxyBase, @Nullable HistoryServer history) {
        this("", proxyBase, history);
    }

    /** With one History Server or, where that is null, none. */
    public UiRouting(String basePath, String proxyBase, @Nullable HistoryServer history) {
        this(basePath, proxyBase, HistoryServers.of(history), LIST_PATIENCE);
    }

    /** With one host for all applications. */
    public UiRouting(String basePath, String proxyBase, HistoryServers history, Duration listPatience) {
        this(basePath, proxyBase, history, listPatience, null);
    }

    /** With a host for each application. */
    public UiRouting withHosts(@Nullable ApplicationHosts newHosts) {
        return new UiRouting(basePath, proxyBase, history, listPatience, newHosts);
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
        return isOwn(basePath) || (proxyBase + "/").startsWith("/" + first(basePath) + "/");
    }

    /** Whether the ui door has routes of its own at such a path, or might have below its first segment: no proxy base can begin so. */
    public static boolean isOwn(String path) {
        return OWN.contains(first(path));
    }

    private static String first(String path) {
        return path.split("/", -1)[path.startsWith("/") ? 1 : 0];
    }

    /** What the links in a History Server's pages begin with: one of several has a root of its own. */
    String rootOf(HistoryServer server) {
        return history.areSeveral() ? basePath + HISTORY_SERVERS + "/" + server.name() : basePath;
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
