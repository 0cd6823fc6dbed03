// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import io.gatehouse.proxy.ErrorType;
import io.gatehouse.proxy.ForwardTarget;
import io.gatehouse.proxy.LocalResponse;
import io.gatehouse.proxy.RouteDecision;
import io.gatehouse.proxy.http1.Method;
import io.gatehouse.proxy.http1.RequestHead;
import java.time.InstantSource;

/** Routes to lists of applications: Spark's REST list, and the History Server's first page. */
final class ListRoutes {
    /**
     * In an answer that lacks the applications of a History Server: which one. There is no standard field for this:
     * {@code Proxy-Status} (RFC 9209) beside it says what went wrong, not what that means for the list.
     */
    static final String INCOMPLETE = "Gatehouse-Incomplete";

    private static final String HISTORY = "history";

    private final InstantSource clock;

    /** {@code clock}: for what "in the past" means. */
    ListRoutes(InstantSource clock) {
        this.clock = clock;
    }

    RouteDecision list(RequestHead head, UiTargets now) {
        if (head.method() != Method.GET && head.method() != Method.HEAD) {
            return new RouteDecision.Refuse(UiRoutes.LIST, ErrorType.METHOD_NOT_ALLOWED, "The list is only read.");
        }
        ListRequest request;
        try {
            request = ListRequest.of(head, clock.instant());
        } catch (InvalidListRequestException invalid) {
            return invalid(invalid, now);
        }
        HistoryTarget history = now.history();
        return history == null
                ? new RouteDecision.Answer(UiRoutes.LIST, running(now.directory(), request))
                : new RouteDecision.Forward(merged(request, now, history), 0);
    }

    /** The History Server says it in its own words; where there is none, Spark's words come from here. */
    private static RouteDecision invalid(InvalidListRequestException invalid, UiTargets now) {
        return now.rules().history() == null
                ? new RouteDecision.Answer(UiRoutes.LIST, invalid.answer())
                : UiDecisions.toHistory(UiRoutes.LIST, now);
    }

    private static ForwardTarget merged(ListRequest request, UiTargets now, HistoryTarget history) {
        ForwardTarget target = history.plain(UiRoutes.LIST).target();
        if (!request.includesRunning()) {
            // Nothing of it is known here: the History Server's answer, or the error that there is none.
            return target;
        }
        AppDirectory snapshot = now.directory();
        target = target.withFallback(() -> running(snapshot, request).with(INCOMPLETE, HISTORY))
                .withFallbackOnGatewayErrors();
        return snapshot.size() == 0
                ? target
                : target.withFilter((response, _, _) -> ListMergeFilter.forResponse(response, snapshot, request));
    }

    private static LocalResponse running(AppDirectory snapshot, ListRequest request) {
        return LocalResponse.json(200, OwnList.json(snapshot, request));
    }

    RouteDecision home(UiTargets now) {
        HistoryTarget history = now.history();
        AppDirectory snapshot = now.directory();
        if (history == null) {
            return new RouteDecision.Answer(
                    UiRoutes.HOME,
                    LocalResponse.of(200, "text/html; charset=utf-8", OwnList.page(snapshot, now.rules())));
        }
        ForwardTarget target = history.page(UiRoutes.HOME)
                .target()
                .withFallback(
                        () -> LocalResponse.of(200, "text/html; charset=utf-8", OwnList.page(snapshot, now.rules())))
                .withFallbackOnGatewayErrors();
        if (snapshot.size() > 0) {
            String base = now.rules().basePath();
            target = target.withFilter(FiltersInTurn.of(
                    (response, _, _) -> HistoryPageFilter.forResponse(response, base), target.filter()));
        }
        return new RouteDecision.Forward(target, 0);
    }
}
