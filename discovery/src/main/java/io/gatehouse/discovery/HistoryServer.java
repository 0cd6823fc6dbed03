// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import io.gatehouse.proxy.ForwardTarget;
import io.gatehouse.proxy.OwnAuthorization;
import io.gatehouse.proxy.Upstream;
import io.gatehouse.proxy.UpstreamGroup;
import io.gatehouse.proxy.exchange.UpstreamClient;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A History Server behind the ui door.
 *
 * @param name by which people know it
 * @param servers over the same logs, so that any of them may be asked
 * @param path what its URLs begin with, {@code ""} or {@code /path} without a slash at its end
 * @param authorization what Gatehouse shows it; null where viewers speak for themselves
 */
public record HistoryServer(
        String name,
        UpstreamGroup servers,
        String path,
        @Nullable OwnAuthorization authorization) {
    /** The name of one that has been given none. */
    public static final String UNNAMED = "history";

    /** Names are segments of paths, and stand in fields and logs. */
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

    public HistoryServer {
        if (!isName(name)) {
            throw new IllegalArgumentException("not a name of a History Server: " + name);
        }
    }

    /** One without a name and replicas. */
    public HistoryServer(Upstream server, String path) {
        this(UpstreamGroup.of(server), path);
    }

    /** One without a name. */
    public HistoryServer(UpstreamGroup servers, String path) {
        this(UNNAMED, servers, path, null);
    }

    /** Whether a History Server may have that name. */
    public static boolean isName(String text) {
        return NAME.matcher(text).matches();
    }

    /** Its requests, of whatever kind. */
    ForwardTarget target(String route) {
        return ForwardTarget.to(route, servers).withPathPrefix(path).withAuthorization(authorization);
    }

    /** What we ask it ourselves. */
    ForwardTarget asked() {
        return target(UpstreamClient.ROUTE);
    }
}
