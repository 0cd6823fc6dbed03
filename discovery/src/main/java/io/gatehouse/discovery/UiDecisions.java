// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import io.gatehouse.proxy.ErrorType;
import io.gatehouse.proxy.LocalResponse;
import io.gatehouse.proxy.RouteDecision;
import io.gatehouse.proxy.http1.Method;
import io.gatehouse.proxy.http1.RequestHead;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** Decisions that several routes of the ui door come to. */
final class UiDecisions {
    private UiDecisions() {}

    static RouteDecision toHistory(String route, UiTargets now) {
        HistoryServer history = now.rules().history();
        return history == null
                ? unknown("No History Server is configured; only running applications are shown.")
                : new RouteDecision.Forward(now.history(route, history), 0);
    }

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
        return redirect(method, query, "", path, now);
    }

    /**
     * The same on another host, with the scheme that the browser speaks, whatever proxies stand before us.
     *
     * @param authority one of our own, with its port where it has one
     */
    static RouteDecision redirect(RequestHead head, String authority, String path, UiTargets now) {
        return redirect(head.method(), head.query(), "//" + authority, path, now);
    }

    private static RouteDecision redirect(Method method, String query, String host, String path, UiTargets now) {
        int status = method == Method.GET || method == Method.HEAD ? 302 : 307;
        String location = host + now.rules().basePath() + (query.isEmpty() ? path : path + "?" + query);
        return new RouteDecision.Answer(
                UiRoutes.REDIRECT, LocalResponse.redirect(status, location).with("Cache-Control", "no-store"));
    }

    /** The decision with {@code change} made to where it forwards, now or once that is decided; one that does not forward stays. */
    static RouteDecision onForward(RouteDecision decision, Function<RouteDecision.Forward, RouteDecision> change) {
        return switch (decision) {
            case RouteDecision.Forward forward -> change.apply(forward);
            case RouteDecision.Deferred(CompletionStage<RouteDecision> later) ->
                new RouteDecision.Deferred(later.thenApply(decided -> onForward(decided, change)));
            default -> decision;
        };
    }

    static RouteDecision unknown(String detail) {
        return new RouteDecision.Refuse(UiRoutes.UNKNOWN, ErrorType.DESTINATION_NOT_FOUND, detail);
    }
}
