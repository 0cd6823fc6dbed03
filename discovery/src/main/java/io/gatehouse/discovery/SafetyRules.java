// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import io.gatehouse.proxy.ClientInfo;
import io.gatehouse.proxy.ErrorType;
import io.gatehouse.proxy.Principal;
import io.gatehouse.proxy.RouteDecision;
import io.gatehouse.proxy.http1.RequestHead;

/** Looks at every decision of the ui door before it counts: what a viewer may not do is refused, wherever it was routed. */
final class SafetyRules {
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
        boolean nameless = safety.impersonates() && viewer.name().isEmpty();
        boolean isOver = nameless && decision instanceof RouteDecision.Forward;
        RouteDecision allowed = isOver || !KillPath.matches(path)
                ? decision
                : Kills.decide(head, now.rules().below(path), client, viewer, safety, now, decision);
        return nameless ? UiDecisions.onForward(allowed, SafetyRules::refuseNameless) : allowed;
    }

    /** Without a name Spark would take the request for one of its own, and show everything. */
    private static RouteDecision refuseNameless(RouteDecision.Forward forward) {
        return new RouteDecision.Refuse(
                forward.target().route(),
                ErrorType.HTTP_REQUEST_DENIED,
                "It is not known who you are: a proxy in ui.trustedProxies has to say so in ui.viewerHeader.");
    }
}
