// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import io.gatehouse.proxy.ClientInfo;
import io.gatehouse.proxy.ForwardTarget;
import io.gatehouse.proxy.LocalResponse;
import io.gatehouse.proxy.Principal;
import io.gatehouse.proxy.RouteDecision;
import io.gatehouse.proxy.Upstream;
import io.gatehouse.proxy.http1.RequestHead;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Routing decisions as lines of text, for tables. */
final class Decisions {
    private Decisions() {}

    /** A running application with its UI on port 4040 of {@code host}. */
    static Application app(String id, String host, @Nullable AppListing listing) {
        return new Application(id, "test", new Upstream(host, 4040), listing);
    }

    static RouteDecision decide(UiRouter router, RequestHead head) {
        return decide(router, head, Clients.DIRECT);
    }

    private static final Set<String> OF_PAGES = Set.of(UiRoutes.LIVE, UiRoutes.HISTORY);

    static RouteDecision decide(UiRouter router, RequestHead head, ClientInfo client) {
        return router.route(head, client, Principal.ANONYMOUS);
    }

    /**
     * {@code route upstream target [prefix] [filtered]} for a forwarded request, with {@code +} between for one that several get,
     * {@code status location} for a redirect, {@code route status} for another answer, the error's name for a refusal. What of a live UI and
     * of the history is filtered changes with what their pages say, see {@link LiveTargetTest} and {@link HistoryLinksIT}.
     */
    static String line(UiRouter router, RequestHead head) {
        return line(router, head, Clients.DIRECT);
    }

    static String line(UiRouter router, RequestHead head, ClientInfo client) {
        return switch (decide(router, head, client)) {
            case RouteDecision.Forward forward -> forwarded(forward, head);
            case RouteDecision.Answer(String route, LocalResponse response) ->
                response.status() / 100 == 3 ? redirect(response) : route + " " + response.status();
            case RouteDecision.Refuse refusal -> refusal.error().name();
            case RouteDecision.Events events -> events.route() + " events";
            case RouteDecision.Gather gather ->
                gather.parts().stream().map(part -> forwarded(part, head)).collect(Collectors.joining(" + "));
            case RouteDecision.Handle handle -> "handle";
            case RouteDecision.Deferred deferred -> "deferred";
        };
    }

    private static String forwarded(RouteDecision.Forward forward, RequestHead head) {
        ForwardTarget target = forward.target();
        // As UpstreamRequestHead does.
        String left = head.text(head.pathStart() + forward.strippedPathBytes(), head.targetEnd());
        boolean pathLeft = head.pathStart() + forward.strippedPathBytes() < head.pathEnd();
        return target.route() + " " + target.upstream().host() + " " + ascii(target.pathPrefix())
                + (pathLeft ? left : "/" + left)
                + (target.publicPrefix().length == 0 ? "" : " " + ascii(target.publicPrefix()))
                + (target.filter() == null || OF_PAGES.contains(target.route()) ? "" : " filtered");
    }

    private static String redirect(LocalResponse response) {
        String location = response.fields().stream()
                .filter(field -> field.name().equals("Location"))
                .findFirst()
                .orElseThrow()
                .value();
        return response.status() + " " + location;
    }

    private static String ascii(byte[] bytes) {
        return new String(bytes, StandardCharsets.US_ASCII);
    }
}
