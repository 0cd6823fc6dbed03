// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import io.gatehouse.proxy.Fallback;
import io.gatehouse.proxy.ForwardTarget;
import io.gatehouse.proxy.RouteDecision;
import io.gatehouse.proxy.UpstreamOwner;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What is the same for all requests of one route while configuration and directory stay as they are, each made when it is
 * first asked for. Used by all event loops.
 */
final class UiTargets {
    /** A driver may call a page what it sends as data: on a host that is not its own, it shall be none of that host. */
    private static final String DATA_ONLY = "sandbox; default-src 'none'; frame-ancestors 'none'";

    private final UiRouting rules;
    private final AppDirectory directory;
    private final HostLabels labels;
    private final PageRoots roots;
    private final Fallback driverGone;
    private final Map<String, LiveTarget> live = new ConcurrentHashMap<>();
    private final Map<String, RouteDecision.Forward> api = new ConcurrentHashMap<>();
    private final Map<String, HistoryTarget> history = new ConcurrentHashMap<>();

    /**
     * @param labels of the directory's applications, where they have hosts of their own
     * @param driverGone answers for live UIs that nobody reaches
     */
    UiTargets(UiRouting rules, AppDirectory directory, HostLabels labels, PageRoots roots, Fallback driverGone) {
        this.rules = rules;
        this.directory = directory;
        this.labels = labels;
        this.roots = roots;
        this.driverGone = driverGone;
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

    HostLabels labels() {
        return labels;
    }

    /** To the UI of an application of the directory, below its public prefix; strips what the path has below the base path. */
    RouteDecision.Forward live(Application application, String rest) {
        return live.computeIfAbsent(application.id(), id -> new LiveTarget(application, rules, roots, driverGone))
                .forPath(rest);
    }

    /** To the REST API of an application of the directory. */
    RouteDecision.Forward api(Application application) {
        return api.computeIfAbsent(application.id(), id -> {
            ForwardTarget target = ForwardTarget.to(UiRoutes.API, application.ui())
                    .ownedBy(UpstreamOwner.application(id, rules.prefixOf(id)));
            return new RouteDecision.Forward(
                    rules.hosts() == null ? target : target.withContentSecurityPolicy(DATA_ONLY), 0);
        });
    }

    /** To a History Server of the configuration. */
    HistoryTarget history(HistoryServer server) {
        return history.computeIfAbsent(server.name(), _ -> new HistoryTarget(server, rules, roots));
    }
}
