// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import io.gatehouse.proxy.ErrorType;
import io.gatehouse.proxy.RouteDecision;
import io.gatehouse.proxy.http1.Method;
import io.gatehouse.proxy.http1.RequestHead;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/** The route to our list of all applications. */
final class AppsRoutes {
    private final HistoryLister lister;
    private final InstantSource clock;
    /** Looking through a hundred thousand rows is nothing for an event loop. */
    private final Executor aside = task -> Thread.ofVirtual().name("apps").start(task);

    /** Port: what a History Server lists; never completes exceptionally. */
    @FunctionalInterface
    interface HistoryLister {
        CompletableFuture<HistorySnapshot> list(HistoryServer server);
    }

    AppsRoutes(HistoryLister lister, InstantSource clock) {
        this.lister = lister;
        this.clock = clock;
    }

    RouteDecision list(RequestHead head, UiTargets now) {
        if (head.method() != Method.GET && head.method() != Method.HEAD) {
            return new RouteDecision.Refuse(UiRoutes.APPS, ErrorType.METHOD_NOT_ALLOWED, "The list is only read.");
        }
        AppsQuery query = AppsQuery.of(head.query());
        HistoryServer server = now.rules().history();
        CompletableFuture<HistorySnapshot> history =
                server == null ? CompletableFuture.completedFuture(HistorySnapshot.NOTHING) : lister.list(server);
        return new RouteDecision.Deferred(history.thenApplyAsync(snapshot -> page(query, snapshot, now), aside));
    }

    private RouteDecision page(AppsQuery query, HistorySnapshot history, UiTargets now) {
        AppsView view = AppsView.of(now.directory(), history, query);
        return new RouteDecision.Answer(
                UiRoutes.APPS, new AppsPage(now.rules(), query, view, history, clock.instant()).response());
    }
}
