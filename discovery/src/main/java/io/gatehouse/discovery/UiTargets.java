// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import io.gatehouse.proxy.Fallback;
import io.gatehouse.proxy.ForwardTarget;
import io.gatehouse.proxy.RouteDecision;
import io.gatehouse.proxy.UpstreamOwner;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What is the same for all requests of one route while configuration and directory stay as they are, each made when it is
 * first asked for. Used by all event loops.
 */
final class UiTargets {
    private final UiRouting rules;
    private final AppDirectory directory;
    private final PageRoots roots;
    private final Fallback driverGone;
    private final Map<String, LiveTarget> live = new ConcurrentHashMap<>();
    private final Map<String, RouteDecision.Forward> api = new ConcurrentHashMap<>();
    private final @Nullable HistoryTarget history;

    /** {@code driverGone}: answers for live UIs that nobody reaches. */
    UiTargets(UiRouting rules, AppDirectory directory, PageRoots roots, Fallback driverGone) {
        this.rules = rules;
        this.directory = directory;
        this.roots = roots;
        this.driverGone = driverGone;
        HistoryServer server = rules.history();
        this.history = server == null ? null : new HistoryTarget(server, rules, roots);
    }

    boolean areFor(UiRouting otherRules, AppDirectory otherDirectory) {
        return rules.equals(otherRules) && directory == otherDirectory;
    }

    UiRouting rules() {
        return rules;
    }

    AppDirectory directory() {
        return directory;
    }

    /** To the UI of an application of the directory, below its public prefix; strips what the path has below the base path. */
    RouteDecision.Forward live(Application application, String rest) {
        return live.computeIfAbsent(application.id(), id -> new LiveTarget(application, rules, roots, driverGone))
                .forPath(rest);
    }

    /** To the REST API of an application of the directory. */
    RouteDecision.Forward api(Application application) {
        return api.computeIfAbsent(
                application.id(),
                id -> new RouteDecision.Forward(
                        ForwardTarget.to(UiRoutes.API, application.ui())
                                .ownedBy(UpstreamOwner.application(id, rules.prefixOf(id))),
                        0));
    }

    /** To the History Server; null where there is none. */
    @Nullable
    HistoryTarget history() {
        return history;
    }
}
