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
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The ui door's judgement: which URL belongs to which driver or to the History Server.
 *
 * <pre>
 *   {proxyBase}/{id}/…            the driver, when the application runs; otherwise to /history/{id}/…
 *   /history/{id}/[attempt/]…     the History Server; a running application's to {proxyBase}/{id}/…, path and query kept
 *   /app/{id}/…                   to the driver's UI or the History Server, wherever that page is now
 *   /proxy/{id}/…                 to {proxyBase}/{id}/…
 *   /apps                         our own list of all applications
 *   /api/v1/applications          both, in one list
 *   /api/v1/applications/{id}/…   the driver, when the application runs; otherwise the History Server
 *   / /home/ /jobs/ /static/ …    the History Server
 *   /history-servers/{name}/…     pages of one of several History Servers
 * </pre>
 *
 * <p>All of that stands below the base path where one is configured; the methods for the single routes see what is left of a
 * path below it. Which of it stands on which host, where applications have hosts of their own, is {@link HostRoutes}'.
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
    private final ListRoutes lists;
    private final HistoryRoutes history;
    private final AppsRoutes apps;
    private final BooleanSupplier ready;
    private final PageRoots roots = new PageRoots();
    private final Supplier<UiSafety> safety;
    private volatile @Nullable UiTargets targets;

    /**
     * @param missed told the id of an application that somebody wants and that is not known to run, or does not answer; never blocks
     * @param client asks the History Server for single applications
     * @param ready whether the process is ready, for the old proxy's probe paths
     */
    public UiRouter(
            Supplier<UiRouting> routing,
            Supplier<AppDirectory> directory,
            Consumer<String> missed,
            UpstreamClient client,
            BooleanSupplier ready,
            Supplier<UiSafety> safety) {
        this(routing, directory, missed, Asking.through(client), ready, safety);
    }

    /**
     * The same with the parts that ask History Servers.
     *
     * @param handOver leads from live UIs to them
     * @param apps shows what they list
     */
    UiRouter(
            Supplier<UiRouting> routing,
            Supplier<AppDirectory> directory,
            Consumer<String> missed,
            HandOver handOver,
            AppsRoutes apps,
            BooleanSupplier ready,
            Supplier<UiSafety> safety) {
        this(routing, directory, missed, new Asking(handOver, apps, new HistoryIndex(System::nanoTime)), ready, safety);
    }

    private UiRouter(
            Supplier<UiRouting> routing,
            Supplier<AppDirectory> directory,
            Consumer<String> missed,
            Asking asking,
            BooleanSupplier ready,
            Supplier<UiSafety> safety) {
        this.routing = routing;
        this.directory = directory;
        this.history = new HistoryRoutes(asking.handOver().finder(), asking.index());
        this.lists = new ListRoutes(InstantSource.system(), history, asking.index());
        this.applications = new ApplicationRoutes(missed, asking.handOver(), history);
        this.apps = asking.apps();
        this.ready = ready;
        this.safety = safety;
    }

    /** What asks History Servers, and what all of that has learned of them. */
    private record Asking(HandOver handOver, AppsRoutes apps, HistoryIndex index) {
        static Asking through(UpstreamClient client) {
            InstantSource clock = InstantSource.system();
            HistoryIndex index = new HistoryIndex(System::nanoTime);
            HistoryLookup lookup = new HistoryLookup(client, System::nanoTime);
            Executor aside = task -> Thread.ofVirtual().name("apps").start(task);
            FinishedApplications finished = new FinishedApplications(
                    FinishedApplications.Asking.through(client), index, System::nanoTime, clock, aside);
            return new Asking(
                    new HandOver(new HistorySearch(lookup::find, index), clock),
                    new AppsRoutes(finished::get, clock, aside),
                    index);
        }
    }

    @Override
    public RouteDecision route(RequestHead head, ClientInfo client, Principal principal) {
        RouteDecision refused = CrossSite.check(head, client, safety.get().cors());
        if (refused != null) {
            return refused;
        }
        UiTargets now = targets();
        String path = head.path();
        UiSafety rules = safety.get();
        RouteDecision nameless = SafetyRules.refuseNameless(now.rules().below(path), principal, rules);
        return nameless != null
                ? nameless
                : Kills.decide(head, path, client, principal, rules, now, decide(head, path, client, now));
    }

    private RouteDecision decide(RequestHead head, String path, ClientInfo client, UiTargets now) {
        String base = now.rules().basePath();
        if (base.isEmpty()) {
            return below(head, path, client, now);
        }
        if (path.startsWith(base) && path.startsWith("/", base.length())) {
            return UiDecisions.behind(base.length(), below(head, path.substring(base.length()), client, now));
        }
        if (path.equals(base)) {
            return UiDecisions.redirect(head, "/", now);
        }
        // Whether a proxy has taken the base path off.
        return client.forwarding().prefix().equals(base) ? below(head, path, client, now) : outside(head, path, now);
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
    private RouteDecision below(RequestHead head, String path, ClientInfo client, UiTargets now) {
        ApplicationHosts own = now.rules().hosts();
        return own == null
                ? onOneHost(head, path, now)
                : HostRoutes.route(head, path, client, now, own, this::onOneHost);
    }

    private RouteDecision onOneHost(RequestHead head, String path, UiTargets now) {
        if (path.startsWith(now.rules().proxyBase() + "/")) {
            return applications.live(head, path, now);
        }
        if (path.startsWith(PERMANENT_PREFIX)) {
            return applications.permanent(head, path, now);
        }
        if (path.startsWith(UiRouting.BARE_PROXY + "/")) {
            return ApplicationRoutes.proxied(head, path, now);
        }
        if (path.startsWith(UiRouting.HISTORY_SERVERS + "/")) {
            return belowServer(head, path, now);
        }
        RouteDecision shared = shared(head, path, null, now);
        if (shared != null) {
            return shared;
        }
        return switch (path) {
            case "/", "/home/", "/jobs/" -> lists.home(path, now);
            case AppsPage.PATH -> apps.list(head, now);
            case AppsPage.EVENTS -> apps.events(head, routing, directory);
            case "/home", "/jobs", "/history" -> UiDecisions.redirect(head, path + "/", now);
            case "/healthz", "/readiness" -> health();
            default ->
                UiDecisions.unknown("Applications are listed at " + now.rules().basePath() + "/.");
        };
    }

    /**
     * What links in the pages of one of several History Servers lead to: to the same as at the door's own root, but for what is that
     * server's alone. Everything else, and what was linked to while there were others, is to be found there.
     */
    private RouteDecision belowServer(RequestHead head, String path, UiTargets now) {
        PathParts parts = PathParts.after(path, UiRouting.HISTORY_SERVERS.length() + 1);
        HistoryServers servers = now.rules().history();
        HistoryServer named = servers.areSeveral() ? servers.find(parts.id()) : null;
        String rest = "/" + parts.rest();
        RouteDecision shared = named == null ? null : shared(head, rest, named, now);
        if (shared != null) {
            return UiDecisions.behind(path.length() - rest.length(), shared);
        }
        // Browsers take two slashes for the beginning of a host.
        return rest.startsWith("//") || rest.startsWith("/\\")
                ? UiDecisions.unknown(
                        "Applications are listed at " + now.rules().basePath() + "/.")
                : UiDecisions.redirect(head, rest, now);
    }

    /**
     * Decides on what History Servers have, whether at the door's root or at that of one of them; null for everything else.
     *
     * @param named whose root that is; null for the door's
     */
    private @Nullable RouteDecision shared(
            RequestHead head, String path, @Nullable HistoryServer named, UiTargets now) {
        if (path.startsWith(HISTORY_PREFIX)) {
            return applications.history(head, path, now);
        }
        if (path.equals(APPLICATIONS) || path.equals(APPLICATIONS + "/")) {
            return lists.list(head, now);
        }
        if (path.startsWith(APPLICATIONS + "/")) {
            return applications.api(path, now);
        }
        if (path.startsWith("/static/") || path.equals("/favicon.ico")) {
            return history.toAny(target -> target.file(path), named, now);
        }
        if (path.startsWith("/logPage/")) {
            return history.toAny(target -> target.page(UiRoutes.API), named, now);
        }
        return path.startsWith("/api/v1/") ? history.toAny(target -> target.plain(UiRoutes.API), named, now) : null;
    }

    /** One snapshot of configuration and directory for the whole request. */
    private UiTargets targets() {
        UiRouting rules = routing.get();
        AppDirectory snapshot = directory.get();
        UiTargets now = targets;
        if (now == null || !now.areFor(rules, snapshot)) {
            roots.retain(snapshot, rules.history());
            HostLabels before = now == null ? HostLabels.NONE : now.labels();
            now = new UiTargets(
                    rules,
                    snapshot,
                    rules.hosts() == null ? HostLabels.NONE : before.of(snapshot),
                    roots,
                    (request, error) -> applications.driverGone(request, error, rules));
            targets = now;
        }
        return now;
    }

    private RouteDecision health() {
        return new RouteDecision.Answer(
                UiRoutes.HEALTH,
                ready.getAsBoolean()
                        ? LocalResponse.json(200, "{\"status\":\"ready\"}")
                        : LocalResponse.json(503, "{\"status\":\"starting\"}"));
    }
}
