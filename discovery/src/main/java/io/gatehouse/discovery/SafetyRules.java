// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import io.gatehouse.proxy.ClientInfo;
import io.gatehouse.proxy.ErrorType;
import io.gatehouse.proxy.Principal;
import io.gatehouse.proxy.RouteDecision;
import io.gatehouse.proxy.http1.RequestHead;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Looks at every decision of the ui door before it counts: what a viewer may not do is refused, wherever it was routed. */
final class SafetyRules {
    private static final Set<String> PROBES = Set.of("/healthz", "/readiness");

    private SafetyRules() {}

    /**
     * The decision, or the one that takes its place.
     *
     * @param path the request's, with the base path where it came with one
     */
    static RouteDecision apply(
            RequestHead head,
            String path,
            ClientInfo client,
            Principal viewer,
            UiSafety safety,
            UiTargets now,
            RouteDecision decision) {
        return KillPath.matches(path)
                ? Kills.decide(head, now.rules().below(path), client, viewer, safety, now, decision)
                : decision;
    }

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
