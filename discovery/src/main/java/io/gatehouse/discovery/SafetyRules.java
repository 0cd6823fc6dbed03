// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import io.gatehouse.proxy.ErrorType;
import io.gatehouse.proxy.Principal;
import io.gatehouse.proxy.RouteDecision;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What holds for a viewer before anything is decided. */
final class SafetyRules {
    private static final Set<String> PROBES = Set.of("/healthz", "/readiness");

    private SafetyRules() {}

    /**
     * Where upstreams act in the viewer's name, who has none gets nothing but answers to probes: Spark would take the request for one of its
     * own, and show everything. Null for whoever may go on.
     *
     * @param path below the base path
     */
    static @Nullable RouteDecision refuseNameless(String path, Principal viewer, UiSafety safety) {
        if (!safety.impersonates() || !viewer.name().isEmpty() || PROBES.contains(path)) {
            return null;
        }
        return new RouteDecision.Refuse(
                UiRoutes.NAMELESS,
                ErrorType.HTTP_REQUEST_DENIED,
                "It is not known who you are: a proxy in ui.trustedProxies has to say so in ui.viewerHeader.");
    }
}
