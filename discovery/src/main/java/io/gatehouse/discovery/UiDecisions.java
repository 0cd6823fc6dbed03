// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import io.gatehouse.proxy.ErrorType;
import io.gatehouse.proxy.LocalResponse;
import io.gatehouse.proxy.RouteDecision;
import io.gatehouse.proxy.http1.Method;
import io.gatehouse.proxy.http1.RequestHead;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** Decisions that several routes of the ui door come to. */
final class UiDecisions {
    private UiDecisions() {}

    /**
     * GET and HEAD go on as such; other methods keep method and body (RFC 9110 section 15.4.8).
     *
     * @param path below the base path
     */
    static RouteDecision redirect(RequestHead head, String path, UiTargets now) {
        return redirect(head.method(), head.query(), path, now);
    }

    /** The same for a request whose head is not there any more; {@code query} without {@code ?}. */
    static RouteDecision redirect(Method method, String query, String path, UiTargets now) {
        return new RouteDecision.Answer(
                UiRoutes.REDIRECT, redirection(method, query, path, now).with("Cache-Control", "no-store"));
    }

    /**
     * The same on another host, with the scheme that the browser speaks, whatever proxies stand before us.
     *
     * @param authority one of our own, with its port where it has one
     */
    static RouteDecision redirect(RequestHead head, String authority, String path, UiTargets now) {
        return new RouteDecision.Answer(
                UiRoutes.REDIRECT,
                redirection(head.method(), head.query(), "//" + authority, path, now)
                        .with("Cache-Control", "no-store"));
    }

    /** The response of such a redirect. */
    static LocalResponse redirection(Method method, String query, String path, UiTargets now) {
        return redirection(method, query, "", path, now);
    }

    private static LocalResponse redirection(Method method, String query, String host, String path, UiTargets now) {
        int status = PageLink.isRead(method) ? 302 : 307;
        String location = host + now.rules().basePath() + (query.isEmpty() ? path : path + "?" + query);
        return LocalResponse.redirect(status, location);
    }

    /** For a method other than GET and HEAD. */
    static RouteDecision onlyRead(String route, String detail) {
        return RouteDecision.Refuse.method(route, "GET, HEAD", detail);
    }

    /** The decision with {@code change} made to where it forwards, now or once that is decided; one that does not forward stays. */
    static RouteDecision onForward(RouteDecision decision, Function<RouteDecision.Forward, RouteDecision> change) {
        return switch (decision) {
            case RouteDecision.Forward forward -> change.apply(forward);
            case RouteDecision.Gather gather -> onParts(gather, change);
            case RouteDecision.Deferred(CompletionStage<RouteDecision> later) ->
                new RouteDecision.Deferred(later.thenApply(decided -> onForward(decided, change)));
            default -> decision;
        };
    }

    /** Each part with the change; what one of them becomes that does not forward any more stands for all. */
    private static RouteDecision onParts(
            RouteDecision.Gather gather, Function<RouteDecision.Forward, RouteDecision> change) {
        List<RouteDecision.Forward> parts = new ArrayList<>();
        for (RouteDecision.Forward part : gather.parts()) {
            RouteDecision changed = change.apply(part);
            if (!(changed instanceof RouteDecision.Forward forward)) {
                return changed;
            }
            parts.add(forward);
        }
        return new RouteDecision.Gather(gather.route(), parts, gather.merger());
    }

    /** The same decision for a path that still has {@code bytes} before what was decided on. */
    static RouteDecision behind(int bytes, RouteDecision decision) {
        return onForward(
                decision, forward -> new RouteDecision.Forward(forward.target(), bytes + forward.strippedPathBytes()));
    }

    /** At once where it can be. */
    static RouteDecision later(CompletableFuture<RouteDecision> decision) {
        return decision.isDone() ? decision.join() : new RouteDecision.Deferred(decision);
    }

    static RouteDecision unknown(String detail) {
        return new RouteDecision.Refuse(UiRoutes.UNKNOWN, ErrorType.DESTINATION_NOT_FOUND, detail);
    }
}
