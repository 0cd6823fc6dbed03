// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import io.gatehouse.proxy.ForwardTarget;
import io.gatehouse.proxy.RouteDecision;
import org.jspecify.annotations.Nullable;

/**
 * Where requests for the pages of one server of Spark's go, and what is edited on the way back. Most need nothing: Spark puts before its
 * links what {@code X-Forwarded-Context} says. Pages are looked into until the first of them has said that it is so, and for good
 * where a driver or the History Server has a prefix of its own ({@code spark.ui.proxyBase}, {@code spark.ui.reverseProxy}).
 */
final class PageTarget {
    private final RouteDecision.Forward untouched;
    private final String prefix;
    private final PageRoots roots;
    private final PageRoots.Key server;
    private volatile @Nullable Pages pages;

    private record Pages(@Nullable String root, RouteDecision.Forward decision) {}

    /**
     * @param untouched for pages whose links are right
     * @param prefix what links should begin with; {@code ""} for nothing
     * @param server whose pages they are
     */
    PageTarget(RouteDecision.Forward untouched, String prefix, PageRoots roots, PageRoots.Key server) {
        this.untouched = untouched;
        this.prefix = prefix;
        this.roots = roots;
        this.server = server;
    }

    /** By what is known of its links now. */
    RouteDecision.Forward now() {
        String root = roots.of(server);
        if (prefix.equals(root)) {
            return untouched;
        }
        Pages known = pages;
        if (known == null || (root != null && !root.equals(known.root()))) {
            known = new Pages(root, lookedInto(root));
            pages = known;
        }
        return known.decision();
    }

    private RouteDecision.Forward lookedInto(@Nullable String root) {
        ForwardTarget target = untouched
                .target()
                .withFilter(PageLinks.inPages(prefix, server.server().authority(), said -> roots.learn(server, said)));
        return new RouteDecision.Forward(
                root == null ? target : target.withOwnRoot(root), untouched.strippedPathBytes());
    }
}
