// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import io.gatehouse.proxy.ClientInfo;
import io.gatehouse.proxy.ErrorType;
import io.gatehouse.proxy.ForwardTarget;
import io.gatehouse.proxy.LocalResponse;
import io.gatehouse.proxy.Principal;
import io.gatehouse.proxy.RouteDecision;
import io.gatehouse.proxy.Router;
import io.gatehouse.proxy.http1.HeaderName;
import io.gatehouse.proxy.http1.Method;
import io.gatehouse.proxy.http1.RequestHead;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The ui door's judgement: which URL belongs to which driver or to the History Server.
 *
 * <pre>
 *   {proxyBase}/{id}/…            the driver, when the application runs; otherwise to /history/{id}/…
 *   /history/{id}/[attempt/]…     the History Server; a running application's to {proxyBase}/{id}/…, path and query kept
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
    private static final String HISTORY_PREFIX = "/history/";
    private static final String APPLICATIONS = "/api/v1/applications";

    private final Supplier<UiRouting> routing;
    private final Supplier<AppDirectory> directory;
    private final Runnable unknownAppAskedFor;
    private final BooleanSupplier ready;
    private volatile @Nullable UiTargets targets;

    /**
     * @param unknownAppAskedFor told when somebody wants an application that is not known to run; never blocks
     * @param ready whether the process is ready, for the old proxy's probe paths
     */
    public UiRouter(
            Supplier<UiRouting> routing,
            Supplier<AppDirectory> directory,
            Runnable unknownAppAskedFor,
            BooleanSupplier ready) {
        this.routing = routing;
        this.directory = directory;
        this.unknownAppAskedFor = unknownAppAskedFor;
        this.ready = ready;
    }

    @Override
    public RouteDecision route(RequestHead head, ClientInfo client, Principal principal) {
        RouteDecision refused = CrossSite.check(head, client);
        if (refused != null) {
            return refused;
        }
        UiTargets now = targets();
        String path = head.path();
        String base = now.rules().basePath();
        if (base.isEmpty()) {
            return below(head, path, now);
        }
        if (path.startsWith(base) && path.startsWith("/", base.length())) {
            return behind(base, below(head, path.substring(base.length()), now));
        }
        if (path.equals(base)) {
            return redirect(head, "/", now);
        }
        // Whether a proxy has taken the base path off.
        return client.forwarding().prefix().equals(base) ? below(head, path, now) : outside(head, path, now);
    }

    /** The same decision for a path that still has the base path before what was decided on. */
    private static RouteDecision behind(String base, RouteDecision decision) {
        return decision instanceof RouteDecision.Forward(ForwardTarget target, int stripped)
                ? new RouteDecision.Forward(target, base.length() + stripped)
                : decision;
    }

    /** Beside the base path: only ways into it, and the probes of those who know no base path. */
    private RouteDecision outside(RequestHead head, String path, UiTargets now) {
        String base = now.rules().basePath();
        if (path.equals("/healthz") || path.equals("/readiness")) {
            return health();
        }
        if (head.find(HeaderName.X_FORWARDED_PREFIX) >= 0) {
            // A redirect into the base path would come back without it, again and again.
            return unknown(
                    "Gatehouse is mounted below " + base + ", and a proxy that takes a prefix off the path has to be in"
                            + " ui.trustedProxies and to send X-Forwarded-Prefix: " + base + ".");
        }
        return path.equals("/")
                ? redirect(head, "/", now)
                : unknown("Gatehouse is mounted below " + base + "; its list of applications is at " + base + "/.");
    }

    /** Decides on a path below the base path. */
    private RouteDecision below(RequestHead head, String path, UiTargets now) {
        if (path.startsWith(now.rules().proxyBase() + "/")) {
            return live(head, path, now);
        }
        if (path.startsWith(HISTORY_PREFIX)) {
            return history(head, path, now);
        }
        if (path.equals(APPLICATIONS) || path.equals(APPLICATIONS + "/")) {
            return list(head, now);
        }
        if (path.startsWith(APPLICATIONS + "/")) {
            return api(path, now);
        }
        return switch (path) {
            case "/", "/home/", "/jobs/" -> home(now);
            case "/home", "/jobs", "/history" -> redirect(head, path + "/", now);
            case "/healthz", "/readiness" -> health();
            case "/favicon.ico" -> toHistory(UiRoutes.STATIC, now);
            default -> other(path, now);
        };
    }

    /** One snapshot of configuration and directory for the whole request. */
    private UiTargets targets() {
        UiRouting rules = routing.get();
        AppDirectory snapshot = directory.get();
        UiTargets now = targets;
        if (now == null || !now.areFor(rules, snapshot)) {
            now = new UiTargets(rules, snapshot);
            targets = now;
        }
        return now;
    }

    private RouteDecision live(RequestHead head, String path, UiTargets now) {
        PathParts parts = PathParts.after(path, now.rules().proxyBase().length() + 1);
        Application application = now.directory().find(parts.id());
        if (application == null) {
            boolean valid = AppIds.isValid(parts.id());
            if (valid) {
                unknownAppAskedFor.run();
            }
            if (!valid || now.rules().history() == null) {
                return unknown("No running application has this id.");
            }
            return redirect(head, HISTORY_PREFIX + parts.id() + "/" + parts.rest(), now);
        }
        return parts.hasSlash() ? now.live(application) : redirect(head, path + "/", now);
    }

    private RouteDecision history(RequestHead head, String path, UiTargets now) {
        PathParts parts = PathParts.after(path, HISTORY_PREFIX.length());
        Application application = now.directory().find(parts.id());
        if (application != null) {
            String rest = restInLiveUi(parts.rest(), application);
            if (rest != null) {
                String ui = now.rules().proxyBase() + "/" + application.id() + "/";
                return redirect(head, ui + (rest.isEmpty() ? "jobs/" : rest), now);
            }
        }
        return toHistory(UiRoutes.HISTORY, now);
    }

    /** The path in the live UI for a path in the History Server; null where that names an older attempt. */
    private static @Nullable String restInLiveUi(String rest, Application application) {
        int slash = rest.indexOf('/');
        String first = slash < 0 ? rest : rest.substring(0, slash);
        if (first.isEmpty() || !first.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return rest;
        }
        AppListing listing = application.listing();
        boolean newest = listing != null && first.equals(listing.attemptId());
        return newest ? rest.substring(slash < 0 ? rest.length() : slash + 1) : null;
    }

    private static RouteDecision api(String path, UiTargets now) {
        PathParts parts = PathParts.after(path, APPLICATIONS.length() + 1);
        Application application = now.directory().find(parts.id());
        if (application != null) {
            String rest = restInLiveUi(parts.rest(), application);
            // The event log is the History Server's, even of an application that still writes it.
            if (rest != null && !rest.equals("logs") && !rest.equals("logs/")) {
                return now.api(application);
            }
        }
        return toHistory(UiRoutes.API, now);
    }

    private static RouteDecision list(RequestHead head, UiTargets now) {
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
            target = target.withFilter(response -> ListMergeFilter.forResponse(response, snapshot, request));
        }
        return new RouteDecision.Forward(target, 0);
    }

    private static RouteDecision home(UiTargets now) {
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
            target = target.withFilter(response -> HistoryPageFilter.forResponse(response, base));
        }
        return new RouteDecision.Forward(target, 0);
    }

    private static RouteDecision other(String path, UiTargets now) {
        if (path.startsWith("/static/")) {
            return toHistory(UiRoutes.STATIC, now);
        }
        if (path.startsWith("/api/v1/") || path.startsWith("/logPage/")) {
            return toHistory(UiRoutes.API, now);
        }
        return unknown("Applications are listed at " + now.rules().basePath() + "/.");
    }

    private static RouteDecision toHistory(String route, UiTargets now) {
        HistoryServer history = now.rules().history();
        return history == null
                ? unknown("No History Server is configured; only running applications are shown.")
                : new RouteDecision.Forward(now.history(route, history), 0);
    }

    private RouteDecision health() {
        return new RouteDecision.Answer(
                UiRoutes.HEALTH,
                ready.getAsBoolean()
                        ? LocalResponse.json(200, "{\"status\":\"ready\"}")
                        : LocalResponse.json(503, "{\"status\":\"starting\"}"));
    }

    /**
     * GET and HEAD go on as such; other methods keep method and body (RFC 9110 section 15.4.8).
     *
     * @param path below the base path
     */
    private static RouteDecision redirect(RequestHead head, String path, UiTargets now) {
        int status = head.method() == Method.GET || head.method() == Method.HEAD ? 302 : 307;
        String query = head.query();
        String location = now.rules().basePath() + (query.isEmpty() ? path : path + "?" + query);
        return new RouteDecision.Answer(
                UiRoutes.REDIRECT, LocalResponse.redirect(status, location).with("Cache-Control", "no-store"));
    }

    private static RouteDecision unknown(String detail) {
        return new RouteDecision.Refuse(UiRoutes.UNKNOWN, ErrorType.DESTINATION_NOT_FOUND, detail);
    }
}
