// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import io.gatehouse.proxy.RouteDecision;
import io.gatehouse.proxy.http1.RequestHead;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The routes to our list of all applications, and to the events that tell when it changes. */
final class AppsRoutes {
    /** How soon a change is told, at the latest. */
    private static final int BEAT_SECONDS = 2;

    private final HistoryLister lister;
    private final InstantSource clock;
    private final AppsVersions versions;
    /** Looking through a hundred thousand rows is nothing for an event loop. */
    private final Executor aside;

    private final Executor beat = CompletableFuture.delayedExecutor(BEAT_SECONDS, TimeUnit.SECONDS, Runnable::run);

    /** Port: what the History Servers list, as far as they answer in time; never completes exceptionally. */
    @FunctionalInterface
    interface HistoryLister {
        CompletableFuture<HistorySnapshot> list(HistoryServers servers, Duration patience);
    }

    /** {@code aside}: for what takes longer than an event loop may. */
    AppsRoutes(HistoryLister lister, InstantSource clock, Executor aside) {
        this.lister = lister;
        this.aside = aside;
        this.clock = clock;
        this.versions = new AppsVersions(clock);
    }

    RouteDecision list(RequestHead head, UiTargets now) {
        if (!PageLink.isRead(head.method())) {
            return UiDecisions.onlyRead(UiRoutes.APPS, "The list is only read.");
        }
        AppsQuery query = AppsQuery.of(head.query());
        CompletableFuture<HistorySnapshot> history = listed(now.rules());
        return new RouteDecision.Deferred(history.thenApplyAsync(snapshot -> page(query, snapshot, now), aside));
    }

    /** Streams outlast reloads: {@code routing} and {@code directory} are what holds now, each time they are asked. */
    RouteDecision events(RequestHead head, Supplier<UiRouting> routing, Supplier<AppDirectory> directory) {
        if (!PageLink.isRead(head.method())) {
            return UiDecisions.onlyRead(UiRoutes.APPS_EVENTS, "Events are only read.");
        }
        return new RouteDecision.Events(
                UiRoutes.APPS_EVENTS, new AppsEvents(() -> version(routing.get(), directory.get()), beat));
    }

    /** Of the list as it is now; null while a History Server is being asked, and there is no list of it to show meanwhile. */
    private @Nullable String version(UiRouting rules, AppDirectory directory) {
        CompletableFuture<HistorySnapshot> history = listed(rules);
        return history.isDone()
                ? versions.of(new AppsVersions.Present(directory, history.resultNow(), clock.instant()))
                : null;
    }

    private CompletableFuture<HistorySnapshot> listed(UiRouting rules) {
        return rules.history().isEmpty()
                ? CompletableFuture.completedFuture(HistorySnapshot.NOTHING)
                : lister.list(rules.history(), rules.listPatience());
    }

    private RouteDecision page(AppsQuery query, HistorySnapshot history, UiTargets now) {
        Instant instant = clock.instant();
        AppsView view = AppsView.of(now.directory(), history, query, instant);
        String version = versions.of(new AppsVersions.Present(now.directory(), history, instant));
        return new RouteDecision.Answer(
                UiRoutes.APPS, new AppsPage(now, query, view, history, version, instant).response());
    }
}
