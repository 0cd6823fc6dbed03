// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import io.gatehouse.proxy.ForwardTarget;
import io.gatehouse.proxy.RouteDecision;
import io.gatehouse.proxy.UpstreamOwner;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Where requests to the History Server go; its pages are a {@link PageTarget}. Used by all event loops. */
final class HistoryTarget {
    private final HistoryServer server;
    private final String basePath;
    private final PageRoots roots;
    private final Map<String, RouteDecision.Forward> plain = new ConcurrentHashMap<>();
    private final Map<String, PageTarget> pages = new ConcurrentHashMap<>();
    private final RouteDecision.Forward script;

    HistoryTarget(HistoryServer server, UiRouting rules, PageRoots roots) {
        this.server = server;
        this.basePath = rules.basePath();
        this.roots = roots;
        RouteDecision.Forward files = plain(UiRoutes.STATIC);
        this.script = basePath.isEmpty()
                ? files
                : new RouteDecision.Forward(files.target().withFilter(PageLinks.inScripts(basePath)), 0);
    }

    /** For what has no links. */
    RouteDecision.Forward plain(String route) {
        return plain.computeIfAbsent(
                route,
                name -> new RouteDecision.Forward(
                        ForwardTarget.to(name, server.servers())
                                .withPathPrefix(server.path())
                                .withPublicPrefix(basePath)
                                .ownedBy(UpstreamOwner.platform(basePath)),
                        0));
    }

    /** For pages. */
    RouteDecision.Forward page(String route) {
        return pages.computeIfAbsent(
                        route, name -> new PageTarget(plain(name), basePath, roots, PageRoots.Key.of(server)))
                .now();
    }

    /** For a file; {@code path} below the base path. */
    RouteDecision.Forward file(String path) {
        return path.equals("/" + PageLinks.VIZ_SCRIPT) ? script : plain(UiRoutes.STATIC);
    }
}
