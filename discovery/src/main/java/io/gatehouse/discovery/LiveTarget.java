// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import io.gatehouse.proxy.Fallback;
import io.gatehouse.proxy.ForwardTarget;
import io.gatehouse.proxy.RouteDecision;
import io.gatehouse.proxy.UpstreamOwner;

/** Where requests to the UI of one application go; its pages are a {@link PageTarget}. */
final class LiveTarget {
    private final RouteDecision.Forward untouched;
    private final RouteDecision.Forward script;
    private final PageTarget pages;

    /** {@code driverGone}: answers where nobody reaches it any more. */
    LiveTarget(Application application, UiRouting rules, PageRoots roots, Fallback driverGone) {
        String prefix = rules.prefixOf(application.id());
        int stripped = prefix.length() - rules.basePath().length();
        boolean announced = !rules.proxyBase().equals(UiRouting.BARE_PROXY);
        ForwardTarget plain = ForwardTarget.to(UiRoutes.LIVE, application.ui())
                .withPublicPrefix(prefix, announced)
                .ownedBy(
                        rules.hosts() == null
                                ? UpstreamOwner.application(application.id(), prefix)
                                : UpstreamOwner.applicationOnOwnHost(application.id(), prefix))
                .withFallback(driverGone);
        this.untouched = new RouteDecision.Forward(plain, stripped);
        this.script = new RouteDecision.Forward(plain.withFilter(PageLinks.inScripts(prefix)), stripped);
        this.pages = new PageTarget(untouched, prefix, roots, PageRoots.Key.of(application));
    }

    /** {@code rest}: the path below the application's prefix, without a slash before it. */
    RouteDecision.Forward forPath(String rest) {
        if (rest.startsWith("static/")) {
            return rest.equals(PageLinks.VIZ_SCRIPT) ? script : untouched;
        }
        return rest.startsWith("api/") ? untouched : pages.now();
    }
}
