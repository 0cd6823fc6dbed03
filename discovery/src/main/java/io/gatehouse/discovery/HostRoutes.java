// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import io.gatehouse.proxy.ClientInfo;
import io.gatehouse.proxy.RouteDecision;
import io.gatehouse.proxy.http1.RequestHead;
import org.jspecify.annotations.Nullable;

/**
 * Where applications have hosts of their own: which host shows what. A driver's pages are shown on its application's host alone, and
 * that host shows nothing else but Spark's own files; whoever asks elsewhere is sent there. A Host says which application of the
 * directory is meant, never an upstream.
 */
final class HostRoutes {
    private static final String FILES = "/static/";

    private HostRoutes() {}

    /** The routes as they are where there is one host only. */
    @FunctionalInterface
    interface OneHost {
        RouteDecision decide(RequestHead head, String path, UiTargets now);
    }

    /** Decides on a path below the base path. */
    static RouteDecision route(
            RequestHead head, String path, ClientInfo client, UiTargets now, ApplicationHosts hosts, OneHost routes) {
        String host = client.host(head);
        String label = hosts.labelIn(host);
        if (label != null) {
            return onApplicationHost(label, head, path, port(host, client), now, hosts, routes);
        }
        RouteDecision decision = routes.decide(head, path, now);
        boolean live = decision instanceof RouteDecision.Forward forward
                && forward.target().route().equals(UiRoutes.LIVE);
        if (!live) {
            return decision;
        }
        String id = PathParts.after(path, now.rules().proxyBase().length() + 1).id();
        return UiDecisions.redirect(head, hosts.hostOf(id) + port(host, client), path, now);
    }

    private static RouteDecision onApplicationHost(
            String label,
            RequestHead head,
            String path,
            String port,
            UiTargets now,
            ApplicationHosts hosts,
            OneHost routes) {
        String id = now.labels().id(label);
        if (id == null) {
            return UiDecisions.unknown("No application that is known here has this host; all are listed at "
                    + hosts.mainHost() + port + ".");
        }
        boolean runs = now.directory().find(id) != null;
        String ui = now.rules().proxyBase() + "/" + id;
        if (path.equals("/") && runs) {
            return UiDecisions.redirect(head, ui + "/", now);
        }
        if (path.equals("/")) {
            return UiDecisions.redirect(head, hosts.mainHost() + port, UiRouter.PERMANENT_PREFIX + id + "/", now);
        }
        if (isFile(path, ui)) {
            return routes.decide(head, path, now);
        }
        if (!isAt(path, ui) && !isAt(path, UiRouting.BARE_PROXY + "/" + id)) {
            return UiDecisions.unknown(
                    "This host shows one application only; all else is at " + hosts.mainHost() + port + ".");
        }
        return runs ? routes.decide(head, path, now) : UiDecisions.redirect(head, hosts.mainHost() + port, path, now);
    }

    /**
     * Whether it is one of Spark's own scripts and styles. A page that still wants them when its driver goes gets them from the History
     * Server, and by this host: what comes from another one, Spark's pages do not let run.
     */
    private static boolean isFile(String path, String ui) {
        return path.startsWith(FILES) || path.startsWith(ui + FILES);
    }

    private static boolean isAt(String path, String place) {
        return path.startsWith(place) && (path.length() == place.length() || path.charAt(place.length()) == '/');
    }

    /** With its colon, as the browser has to write it; some proxies tell it by itself only. */
    private static String port(@Nullable String host, ClientInfo client) {
        String written = host == null ? "" : ApplicationHosts.port(host);
        int told = client.forwarding().port();
        boolean needed = told > 0 && told != (client.isSecure() ? 443 : 80);
        return written.isEmpty() && needed ? ":" + told : written;
    }
}
