// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import io.gatehouse.proxy.Fallback;
import io.gatehouse.proxy.ForwardTarget;
import io.gatehouse.proxy.RouteDecision;
import io.gatehouse.proxy.UpstreamOwner;
import org.jspecify.annotations.Nullable;

/**
 * Where requests to the UI of one application go, and what is edited on the way back. Most need nothing: Spark puts before its links what
 * {@code X-Forwarded-Context} says. Pages are looked into until the first of them has said that it is so, and for good where an
 * application has a prefix of its own ({@code spark.ui.proxyBase}, {@code spark.ui.reverseProxy}).
 */
final class LiveTarget {
    /** Spark 4.3 fetches a style sheet in it by a path that no prefix precedes. */
    private static final String SCRIPT = "static/sql/spark-sql-viz.js";

    private final PageRoots roots;
    private final Application application;
    private final String prefix;
    private final int stripped;
    private final RouteDecision.Forward untouched;
    private final RouteDecision.Forward script;
    private volatile @Nullable Pages pages;

    private record Pages(@Nullable String root, RouteDecision.Forward decision) {}

    /** {@code driverGone}: answers where nobody reaches it any more. */
    LiveTarget(Application application, UiRouting rules, PageRoots roots, Fallback driverGone) {
        this.roots = roots;
        this.application = application;
        this.prefix = rules.prefixOf(application.id());
        this.stripped = prefix.length() - rules.basePath().length();
        boolean announced = !rules.proxyBase().equals(UiRouting.BARE_PROXY);
        ForwardTarget plain = ForwardTarget.to(UiRoutes.LIVE, application.ui())
                .withPublicPrefix(prefix, announced)
                .ownedBy(UpstreamOwner.application(application.id(), prefix))
                .withFallback(driverGone);
        this.untouched = new RouteDecision.Forward(plain, stripped);
        this.script = new RouteDecision.Forward(plain.withFilter(PageLinks.inScripts(prefix)), stripped);
    }

    /** {@code rest}: the path below the application's prefix, without a slash before it. */
    RouteDecision.Forward forPath(String rest) {
        if (rest.startsWith("static/")) {
            return rest.equals(SCRIPT) ? script : untouched;
        }
        return rest.startsWith("api/") ? untouched : page();
    }

    private RouteDecision.Forward page() {
        String root = roots.of(application);
        if (prefix.equals(root)) {
            return untouched;
        }
        Pages known = pages;
        if (known == null || (root != null && !root.equals(known.root()))) {
            known = new Pages(root, looked(root));
            pages = known;
        }
        return known.decision();
    }

    private RouteDecision.Forward looked(@Nullable String root) {
        ForwardTarget target = untouched
                .target()
                .withFilter(PageLinks.inPages(
                        prefix, application.ui().authority(), said -> roots.learn(application, said)));
        return new RouteDecision.Forward(root == null ? target : target.withOwnRoot(root), stripped);
    }
}
