// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import io.gatehouse.proxy.ErrorType;
import io.gatehouse.proxy.ForwardTarget;
import io.gatehouse.proxy.LocalResponse;
import io.gatehouse.proxy.RouteDecision;
import io.gatehouse.proxy.http1.RequestHead;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Routes to lists of applications: Spark's REST list, and the History Server's first page. */
final class ListRoutes {
    /**
     * In an answer that lacks the applications of a History Server, or new ones of a cluster: which one. There is no standard field for
     * this: {@code Proxy-Status} (RFC 9209) beside it says what went wrong with a History Server, not what that means for the list.
     */
    static final String INCOMPLETE = "Gatehouse-Incomplete";

    private final InstantSource clock;
    private final HistoryRoutes history;
    private final HistoryIndex index;

    /** {@code clock}: for what "in the past" means. */
    ListRoutes(InstantSource clock, HistoryRoutes history, HistoryIndex index) {
        this.clock = clock;
        this.history = history;
        this.index = index;
    }

    RouteDecision list(RequestHead head, UiTargets now) {
        if (!PageLink.isRead(head.method())) {
            return UiDecisions.onlyRead(UiRoutes.LIST, "The list is only read.");
        }
        HistoryServers servers = now.rules().history();
        ListRequest request;
        try {
            request = ListRequest.of(head, clock.instant());
        } catch (InvalidListRequestException invalid) {
            // One History Server says it in its own words; otherwise Spark's words come from here.
            return servers.isEmpty() || servers.areSeveral()
                    ? new RouteDecision.Answer(UiRoutes.LIST, invalid.answer())
                    : history.toAny(target -> target.plain(UiRoutes.LIST), null, now);
        }
        if (servers.areSeveral()) {
            return gathered(request, servers, now);
        }
        return servers.isEmpty()
                ? new RouteDecision.Answer(UiRoutes.LIST, running(now.directory(), request, List.of()))
                : new RouteDecision.Forward(merged(request, now, servers.first()), 0);
    }

    private RouteDecision gathered(ListRequest request, HistoryServers servers, UiTargets now) {
        AppDirectory snapshot = now.directory();
        Set<HistoryServer> waitedFor =
                servers.all().stream().filter(index::takeTurn).collect(Collectors.toSet());
        List<RouteDecision.Forward> parts = servers.all().stream()
                .map(server -> new RouteDecision.Forward(
                        now.history(server)
                                .plain(UiRoutes.LIST)
                                .target()
                                .withPlainBody()
                                .withPatience(
                                        waitedFor.contains(server) ? now.rules().listPatience() : HistorySearch.GRACE),
                        0))
                .toList();
        return new RouteDecision.Gather(
                UiRoutes.LIST,
                parts,
                () -> new HistoryListMerger(
                        servers.all(),
                        waitedFor,
                        snapshot,
                        request,
                        index,
                        ThreadLocalRandom.current().nextLong()));
    }

    private static ForwardTarget merged(ListRequest request, UiTargets now, HistoryServer server) {
        ForwardTarget target = now.history(server).plain(UiRoutes.LIST).target();
        if (!request.includesRunning()) {
            // Nothing of it is known here: its answer, whenever it comes, or the error that there is none.
            return target;
        }
        AppDirectory snapshot = now.directory();
        target = target.withPatience(now.rules().listPatience())
                .withFallback(() -> running(snapshot, request, List.of(server)))
                .withFallbackOnGatewayErrors();
        String unseen = unseen(snapshot, request, List.of());
        if (!unseen.isEmpty()) {
            target = target.withResponseField(new LocalResponse.Field(INCOMPLETE, unseen));
        }
        return snapshot.size() == 0
                ? target
                : target.withFilter((response, _, _) -> ListMergeFilter.forResponse(response, snapshot, request));
    }

    /** {@code missing}: History Servers that do not answer. */
    private static LocalResponse running(AppDirectory snapshot, ListRequest request, List<HistoryServer> missing) {
        return incomplete(LocalResponse.json(200, OwnList.json(snapshot, request)), unseen(snapshot, request, missing));
    }

    /** The list with what its reader does not see in it; {@code unseen} by {@link #unseen}. */
    static LocalResponse incomplete(LocalResponse list, String unseen) {
        return unseen.isEmpty() ? list : list.with(INCOMPLETE, unseen);
    }

    /**
     * Whose applications a list may lack, by their names: History Servers, and sources that do not see how things are now, where what
     * runs was asked for.
     */
    static String unseen(AppDirectory snapshot, ListRequest request, List<HistoryServer> missing) {
        Stream<String> sources = request.includesRunning() ? snapshot.troubles().keySet().stream() : Stream.empty();
        return Stream.concat(missing.stream().map(HistoryServer::name), sources)
                .distinct()
                .collect(Collectors.joining(", "));
    }

    /**
     * The first page, from any History Server that answers: what it lists comes from the list of all.
     *
     * @param path below the base path
     */
    RouteDecision home(String path, UiTargets now) {
        HistoryServers servers = now.rules().history();
        AppDirectory snapshot = now.directory();
        if (servers.isEmpty()) {
            return new RouteDecision.Answer(UiRoutes.HOME, ownPage(now));
        }
        HistoryServer server = index.anyOf(servers);
        boolean tellsMore = snapshot.size() > 0 || servers.areSeveral();
        ForwardTarget target = now.history(server)
                .page(UiRoutes.HOME)
                .target()
                .withPatience(now.rules().listPatience())
                .withFallback((request, error) -> withoutPage(request, error, path, server, now))
                .withFallbackOnGatewayErrors();
        if (tellsMore) {
            String root = now.rules().rootOf(server);
            target = target.withFilter(FiltersInTurn.of(
                    (response, _, _) -> HistoryPageFilter.forResponse(response, root), target.filter()));
        }
        return new RouteDecision.Forward(target, 0);
    }

    /** Another server's page where there is one that may answer; ours where there is none. */
    private LocalResponse withoutPage(
            RequestHead request, ErrorType error, String path, HistoryServer server, UiTargets now) {
        if (HistoryIndex.isSilence(error)) {
            index.missed(server);
        }
        HistoryServer next = index.anyOf(now.rules().history());
        boolean another = !next.equals(server) && !index.isSilent(next);
        return another && PageLink.isRead(request.method())
                ? UiDecisions.redirection(request.method(), request.query(), path, now)
                : ownPage(now);
    }

    private static LocalResponse ownPage(UiTargets now) {
        return LocalResponse.of(200, "text/html; charset=utf-8", OwnList.page(now.directory(), now.rules()));
    }
}
