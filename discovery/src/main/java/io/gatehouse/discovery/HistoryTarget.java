// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import io.gatehouse.proxy.RouteDecision;
import io.gatehouse.proxy.UpstreamOwner;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Where requests to one History Server go; its pages are a {@link PageTarget}. Used by all event loops. */
final class HistoryTarget {
    private final HistoryServer server;
    /** What the links in its pages should begin with. */
    private final String prefix;

    private final UpstreamOwner owner;
    private final PageRoots roots;
    private final Map<String, RouteDecision.Forward> plain = new ConcurrentHashMap<>();
    private final Map<String, PageTarget> pages = new ConcurrentHashMap<>();
    private final RouteDecision.Forward script;

    HistoryTarget(HistoryServer server, UiRouting rules, PageRoots roots) {
        this.server = server;
        this.prefix = rules.rootOf(server);
        this.owner = ownerOf(server, rules);
        this.roots = roots;
        RouteDecision.Forward files = plain(UiRoutes.STATIC);
        this.script = prefix.isEmpty()
                ? files
                : new RouteDecision.Forward(files.target().withFilter(PageLinks.inScripts(prefix)), 0);
    }

    /** Whose its cookies are. Their path is the door's, because the list of all applications asks each server for its own. */
    private static UpstreamOwner ownerOf(HistoryServer server, UiRouting rules) {
        return rules.history().areSeveral()
                ? UpstreamOwner.platform(server.name(), rules.basePath())
                : UpstreamOwner.platform(rules.basePath());
    }

    /** For what has no links. */
    RouteDecision.Forward plain(String route) {
        return plain.computeIfAbsent(
                route,
                name -> new RouteDecision.Forward(
                        server.target(name).withPublicPrefix(prefix).ownedBy(owner), 0));
    }

    /** For pages. */
    RouteDecision.Forward page(String route) {
        return pages.computeIfAbsent(
                        route, name -> new PageTarget(plain(name), prefix, roots, PageRoots.Key.of(server)))
                .now();
    }

    /** For a file; {@code path} below the server's root. */
    RouteDecision.Forward file(String path) {
        return path.equals("/" + PageLinks.VIZ_SCRIPT) ? script : plain(UiRoutes.STATIC);
    }
}
