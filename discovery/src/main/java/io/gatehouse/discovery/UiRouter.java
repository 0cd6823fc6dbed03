// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import io.gatehouse.proxy.ClientInfo;
import io.gatehouse.proxy.LocalResponse;
import io.gatehouse.proxy.Principal;
import io.gatehouse.proxy.RouteDecision;
import io.gatehouse.proxy.Router;
import io.gatehouse.proxy.exchange.UpstreamClient;
import io.gatehouse.proxy.http1.HeaderName;
import io.gatehouse.proxy.http1.RequestHead;
import java.time.InstantSource;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The ui door's judgement: which URL belongs to which driver or to the History Server.
 *
 * <pre>
 *   {proxyBase}/{id}/…            the driver, when the application runs; otherwise to /history/{id}/…
 *   /history/{id}/[attempt/]…     the History Server; a running application's to {proxyBase}/{id}/…, path and query kept
 *   /app/{id}/…                   to the driver's UI or the History Server, wherever that page is now
 *   /apps                         our own list of all applications
 *   /api/v1/applications          both, in one list
 *   /api/v1/applications/{id}/…   the driver, when the application runs; otherwise the History Server
 *   / /home/ /jobs/ /static/ …    the History Server
 * </pre>
 *
 * <p>All of that stands below the base path where one is configured; the methods for the single routes see what is left of a
 * path below it.
 *
 * <p>A target comes from the directory or the configuration, never from the request: of the request's bytes only an id is
 * looked up. Decides on the path exactly as it is forwarded; the codec has refused whatever could mean two paths.
 */
public final class UiRouter implements Router {
    static final String HISTORY_PREFIX = "/history/";
    static final String PERMANENT_PREFIX = "/app/";
    static final String APPLICATIONS = "/api/v1/applications";

    private final Supplier<UiRouting> routing;
    private final Supplier<AppDirectory> directory;
    private final ApplicationRoutes applications;
    private final ListRoutes lists = new ListRoutes(InstantSource.system());
    private final AppsRoutes apps;
    private final BooleanSupplier ready;
    private final PageRoots roots = new PageRoots();
    private final Supplier<UiSafety> safety;
    private volatile @Nullable UiTargets targets;

    /**
     * @param unknownAppAskedFor told when somebody wants an application that is not known to run; never blocks
     * @param client asks the History Server for single applications
     * @param ready whether the process is ready, for the old proxy's probe paths
     */
    public UiRouter(
            Supplier<UiRouting> routing,
            Supplier<AppDirectory> directory,
            Runnable unknownAppAskedFor,
            UpstreamClient client,
            BooleanSupplier ready,
            Supplier<UiSafety> safety) {
        this(
                routing,
                directory,
                unknownAppAskedFor,
                new HandOver(new HistoryLookup(client, System::nanoTime)::find, InstantSource.system()),
                new AppsRoutes(new FinishedApplications(client, System::nanoTime)::get, InstantSource.system()),
                ready,
                safety);
    }

    /**
     * The same with the parts that ask the History Server.
     *
     * @param handOver leads from live UIs to it
     * @param apps shows what it lists
     */
    UiRouter(
            Supplier<UiRouting> routing,
            Supplier<AppDirectory> directory,
            Runnable unknownAppAskedFor,
            HandOver handOver,
            AppsRoutes apps,
            BooleanSupplier ready,
            Supplier<UiSafety> safety) {
        this.routing = routing;
        this.directory = directory;
        this.applications = new ApplicationRoutes(unknownAppAskedFor, handOver);
        this.apps = apps;
        this.ready = ready;
        this.safety = safety;
    }

    @Override
    public RouteDecision route(RequestHead head, ClientInfo client, Principal principal) {
        RouteDecision refused = CrossSite.check(head, client);
        if (refused != null) {
            return refused;
        }
        UiTargets now = targets();
        String path = head.path();
        RouteDecision decision = decide(head, path, client, now);
        return SafetyRules.apply(head, path, client, principal, safety.get(), now, decision);
    }

    private RouteDecision decide(RequestHead head, String path, ClientInfo client, UiTargets now) {
        String base = now.rules().basePath();
        if (base.isEmpty()) {
            return below(head, path, now);
        }
        if (path.startsWith(base) && path.startsWith("/", base.length())) {
            return behind(base, below(head, path.substring(base.length()), now));
        }
        if (path.equals(base)) {
            return UiDecisions.redirect(head, "/", now);
        }
        // Whether a proxy has taken the base path off.
        return client.forwarding().prefix().equals(base) ? below(head, path, now) : outside(head, path, now);
    }

    /** The same decision for a path that still has the base path before what was decided on. */
    private static RouteDecision behind(String base, RouteDecision decision) {
        return UiDecisions.onForward(
                decision,
                forward -> new RouteDecision.Forward(forward.target(), base.length() + forward.strippedPathBytes()));
    }

    /** Beside the base path: only ways into it, and the probes of those who know no base path. */
    private RouteDecision outside(RequestHead head, String path, UiTargets now) {
        String base = now.rules().basePath();
        if (path.equals("/healthz") || path.equals("/readiness")) {
            return health();
        }
        if (head.find(HeaderName.X_FORWARDED_PREFIX) >= 0) {
            // A redirect into the base path would come back without it, again and again.
            return UiDecisions.unknown(
                    "Gatehouse is mounted below " + base + ", and a proxy that takes a prefix off the path has to be in"
                            + " ui.trustedProxies and to send X-Forwarded-Prefix: " + base + ".");
        }
        return path.equals("/")
                ? UiDecisions.redirect(head, "/", now)
                : UiDecisions.unknown(
                        "Gatehouse is mounted below " + base + "; its list of applications is at " + base + "/.");
    }

    /** Decides on a path below the base path. */
    private RouteDecision below(RequestHead head, String path, UiTargets now) {
        if (path.startsWith(now.rules().proxyBase() + "/")) {
            return applications.live(head, path, now);
        }
        if (path.startsWith(HISTORY_PREFIX)) {
            return applications.history(head, path, now);
        }
        if (path.startsWith(PERMANENT_PREFIX)) {
            return applications.permanent(head, path, now);
        }
        if (path.equals(APPLICATIONS) || path.equals(APPLICATIONS + "/")) {
            return lists.list(head, now);
        }
        if (path.startsWith(APPLICATIONS + "/")) {
            return applications.api(path, now);
        }
        return switch (path) {
            case "/", "/home/", "/jobs/" -> lists.home(now);
            case AppsPage.PATH -> apps.list(head, now);
            case AppsPage.EVENTS -> apps.events(head, now, directory);
            case "/home", "/jobs", "/history" -> UiDecisions.redirect(head, path + "/", now);
            case "/healthz", "/readiness" -> health();
            case "/favicon.ico" -> UiDecisions.toHistory(UiRoutes.STATIC, now);
            default -> other(path, now);
        };
    }

    /** One snapshot of configuration and directory for the whole request. */
    private UiTargets targets() {
        UiRouting rules = routing.get();
        AppDirectory snapshot = directory.get();
        UiTargets now = targets;
        if (now == null || !now.areFor(rules, snapshot)) {
            roots.retain(snapshot, rules.history());
            now = new UiTargets(
                    rules, snapshot, roots, (request, error) -> applications.driverGone(request, error, rules));
            targets = now;
        }
        return now;
    }

    private static RouteDecision other(String path, UiTargets now) {
        if (path.startsWith("/static/")) {
            return UiDecisions.toHistoryFile(path, now);
        }
        if (path.startsWith("/api/v1/")) {
            return UiDecisions.toHistory(UiRoutes.API, now);
        }
        if (path.startsWith("/logPage/")) {
            return UiDecisions.toHistoryPage(UiRoutes.API, now);
        }
        return UiDecisions.unknown("Applications are listed at " + now.rules().basePath() + "/.");
    }

    private RouteDecision health() {
        return new RouteDecision.Answer(
                UiRoutes.HEALTH,
                ready.getAsBoolean()
                        ? LocalResponse.json(200, "{\"status\":\"ready\"}")
                        : LocalResponse.json(503, "{\"status\":\"starting\"}"));
    }
}
