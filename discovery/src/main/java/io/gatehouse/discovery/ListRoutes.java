// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import io.gatehouse.proxy.ErrorType;
import io.gatehouse.proxy.ForwardTarget;
import io.gatehouse.proxy.LocalResponse;
import io.gatehouse.proxy.RouteDecision;
import io.gatehouse.proxy.http1.Method;
import io.gatehouse.proxy.http1.RequestHead;

/** Routes to lists of applications: Spark's REST list, and the History Server's first page. */
final class ListRoutes {
    private ListRoutes() {}

    static RouteDecision list(RequestHead head, UiTargets now) {
        ListRequest request = ListRequest.of(head);
        AppDirectory snapshot = now.directory();
        HistoryServer history = now.rules().history();
        if (head.method() != Method.GET && head.method() != Method.HEAD) {
            return new RouteDecision.Refuse(UiRoutes.LIST, ErrorType.METHOD_NOT_ALLOWED, "The list is only read.");
        }
        if (history == null) {
            return new RouteDecision.Answer(
                    UiRoutes.LIST, LocalResponse.of(200, "application/json", OwnList.json(snapshot, request)));
        }
        ForwardTarget target = now.history(UiRoutes.LIST, history);
        if (request.includesRunning() && !request.includesFinished()) {
            // What runs is known here. Where finished ones are wanted, an error is better than a list without them.
            target = target.withFallback(() -> LocalResponse.json(200, OwnList.json(snapshot, request)));
        }
        if (request.includesRunning() && snapshot.size() > 0) {
            target = target.withFilter((response, _, _) -> ListMergeFilter.forResponse(response, snapshot, request));
        }
        return new RouteDecision.Forward(target, 0);
    }

    static RouteDecision home(UiTargets now) {
        HistoryServer history = now.rules().history();
        AppDirectory snapshot = now.directory();
        if (history == null) {
            return new RouteDecision.Answer(
                    UiRoutes.HOME,
                    LocalResponse.of(200, "text/html; charset=utf-8", OwnList.page(snapshot, now.rules())));
        }
        ForwardTarget target = now.history(UiRoutes.HOME, history)
                .withFallback(
                        () -> LocalResponse.of(200, "text/html; charset=utf-8", OwnList.page(snapshot, now.rules())));
        if (snapshot.size() > 0) {
            String base = now.rules().basePath();
            target = target.withFilter((response, _, _) -> HistoryPageFilter.forResponse(response, base));
        }
        return new RouteDecision.Forward(target, 0);
    }
}
