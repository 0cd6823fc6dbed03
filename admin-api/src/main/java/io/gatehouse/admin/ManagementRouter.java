// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.admin;

import io.gatehouse.proxy.ClientInfo;
import io.gatehouse.proxy.LocalHandler;
import io.gatehouse.proxy.LocalResponse;
import io.gatehouse.proxy.Principal;
import io.gatehouse.proxy.RouteDecision;
import io.gatehouse.proxy.Router;
import io.gatehouse.proxy.http1.Method;
import io.gatehouse.proxy.http1.RequestHead;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * The management listener's endpoints.
 *
 * <pre>
 *   GET  /livez, /healthz    do all event loops answer?
 *   GET  /readyz[?verbose]   may traffic be sent here?
 *   GET  /metrics            Prometheus text format 0.0.4
 *   POST /admin/reload       load the configuration again
 *   GET  /admin/log-level    the levels in force
 *   PUT  /admin/log-level    change one: {"logger": "io.gatehouse", "level": "debug"}
 *   POST /admin/drain        not ready, and answers end their connections; the process goes on
 *   DELETE /admin/drain      takes that back
 * </pre>
 */
public final class ManagementRouter implements Router {
    private static final String ROUTE = "management";
    private static final int MAX_BODY = 4096;

    private final Map<String, Map<Method, LocalHandler>> endpoints;

    /**
     * @param scrape the metrics as text; may take its time
     * @param blocking where scraping and admin calls run
     */
    public ManagementRouter(Probes probes, Supplier<String> scrape, AdminActions actions, Executor blocking) {
        LocalHandler metrics = request -> CompletableFuture.supplyAsync(
                () -> LocalResponse.of(200, "text/plain; version=0.0.4; charset=utf-8", scrape.get()), blocking);
        this.endpoints = Map.of(
                "/livez", read(probes::live),
                "/healthz", read(probes::live),
                "/readyz", read(probes::ready),
                "/metrics", read(metrics),
                "/admin/reload",
                        Map.of(Method.POST, request -> CompletableFuture.supplyAsync(actions::reload, blocking)),
                "/admin/drain",
                        Map.of(
                                Method.POST,
                                request -> CompletableFuture.supplyAsync(() -> actions.drain(true), blocking),
                                Method.DELETE,
                                request -> CompletableFuture.supplyAsync(() -> actions.drain(false), blocking)),
                "/admin/log-level",
                        Map.of(
                                Method.GET,
                                request -> CompletableFuture.supplyAsync(actions::logLevels, blocking),
                                Method.PUT,
                                request -> CompletableFuture.supplyAsync(
                                        () -> actions.setLogLevel(request.body()), blocking)));
    }

    private static Map<Method, LocalHandler> read(LocalHandler handler) {
        return Map.of(Method.GET, handler, Method.HEAD, handler);
    }

    @Override
    public RouteDecision route(RequestHead head, ClientInfo client, Principal principal) {
        Map<Method, LocalHandler> methods = endpoints.get(head.path());
        if (methods == null) {
            return new RouteDecision.Answer(
                    ROUTE, Problems.problem(404, "Here are /livez, /readyz, /healthz, /metrics and /admin/*."));
        }
        LocalHandler handler = methods.get(head.method());
        if (handler == null) {
            String allowed = String.join(
                    ", ", methods.keySet().stream().map(Method::name).sorted().toList());
            return new RouteDecision.Answer(
                    ROUTE, Problems.problem(405, "Use " + allowed + ".").with("Allow", allowed));
        }
        return new RouteDecision.Handle(ROUTE, handler, MAX_BODY);
    }
}
