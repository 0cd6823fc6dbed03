// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.session;

import io.gatehouse.proxy.ErrorType;
import io.gatehouse.proxy.grpc.GrpcStatus;
import io.gatehouse.proxy.grpc.UnaryCalls;
import io.gatehouse.proxy.grpc.UnaryCalls.Reply;
import io.gatehouse.session.wire.ConnectMethod;
import io.gatehouse.session.wire.Messages;
import io.gatehouse.session.wire.SparkErrors;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Servers that exist already, by configuration: nobody starts or stops them here. They are checked with a call that does nothing, for a
 * session that nobody has, and by how real calls go. All count as up until they are found not to be.
 *
 * <p>Which ones there are may change. One that leaves a pool is {@link Server.State#DRAINING} there, until {@link #dismiss} lets it go.
 */
public final class StaticFleet implements Fleet {
    private static final Logger LOG = LoggerFactory.getLogger(StaticFleet.class);
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final String NOBODY = "gatehouse";

    /** A server of one or several pools, the same one everywhere. Its token may change. */
    private static final class Member {
        final ServerHealth health;
        volatile Server server;
        /** What a check last found wrong with it; a call that fails says only that it did. */
        volatile String reason = "";

        Member(Server server, ServerHealth health) {
            this.server = server;
            this.health = health;
        }

        Server now(boolean leaving) {
            Server present = server.inLife(health.life());
            Server.State state = health.state();
            return present.in(leaving && state == Server.State.UP ? Server.State.DRAINING : state);
        }
    }

    /** A server's place in a pool; {@code leftAt} by the ticker, null of one that is configured. */
    private record Place(Member member, @Nullable Long leftAt) {}

    private final UnaryCalls calls;
    private final LongSupplier ticker;
    /** By address. Changed under this object's lock, as pools are. */
    private final ConcurrentMap<String, Member> members = new ConcurrentHashMap<>();

    private Map<String, List<Place>> pools = Map.of();
    private volatile Set<String> configured = Set.of();
    /** Made anew with every change, so that calls only read. */
    private volatile Map<String, List<Server>> snapshot = Map.of();

    /**
     * @param serversOfPools by the pool's name; a server may be in several pools, and is then the same one everywhere
     * @param ticker the monotonic clock, in nanoseconds
     */
    public StaticFleet(Map<String, List<Server>> serversOfPools, UnaryCalls calls, LongSupplier ticker) {
        this.calls = calls;
        this.ticker = ticker;
        use(serversOfPools);
    }

    /** From now on these servers get sessions, and no others. What is known of a server that stays is kept, whatever its token is now. */
    public synchronized void use(Map<String, List<Server>> serversOfPools) {
        long now = ticker.getAsLong();
        Map<String, List<Place>> next = new HashMap<>();
        serversOfPools.forEach((pool, servers) -> {
            List<Place> places = new ArrayList<>();
            servers.forEach(server -> places.add(new Place(member(server, now), null)));
            next.put(pool, places);
        });
        pools.forEach((pool, places) -> {
            List<Place> present = next.computeIfAbsent(pool, _ -> new ArrayList<>());
            for (Place place : places) {
                if (present.stream().noneMatch(other -> other.member() == place.member())) {
                    present.add(place.leftAt() != null ? place : new Place(place.member(), now));
                }
            }
        });
        pools = next;
        configured = Set.copyOf(serversOfPools.keySet());
        publish();
    }

    private Member member(Server server, long now) {
        Member member = members.computeIfAbsent(address(server), _ -> new Member(server, new ServerHealth(now)));
        member.server = server;
        return member;
    }

    private static String address(Server server) {
        return server.upstream().authority();
    }

    /**
     * Servers that have left a pool long enough ago for the calls to be over that chose them before.
     *
     * @param since how long ago, at least
     */
    public synchronized List<Server> left(String pool, Duration since) {
        long latest = ticker.getAsLong() - since.toNanos();
        List<Server> left = new ArrayList<>();
        for (Place place : pools.getOrDefault(pool, List.of())) {
            Long leftAt = place.leftAt();
            if (leftAt != null && leftAt - latest <= 0) {
                left.add(place.member().now(true));
            }
        }
        return left;
    }

    /** Lets a server go that has left a pool: nobody has sessions there any more. */
    public synchronized void dismiss(String pool, Server server) {
        Map<String, List<Place>> next = new HashMap<>(pools);
        next.computeIfPresent(pool, (_, places) -> {
            List<Place> rest = places.stream()
                    .filter(place -> place.leftAt() == null
                            || !address(place.member().server).equals(address(server)))
                    .toList();
            return rest.isEmpty() ? null : rest;
        });
        pools = next;
        members.values()
                .removeIf(member ->
                        pools.values().stream().flatMap(List::stream).noneMatch(place -> place.member() == member));
        LOG.atInfo()
                .addKeyValue("server", server.name())
                .addKeyValue("pool", pool)
                .log("the Spark server has left the pool, and has no sessions any more");
        publish();
    }

    /** The pools that have servers, those that are not configured any more too. */
    public Set<String> pools() {
        return snapshot.keySet();
    }

    @Override
    public List<Server> servers(String pool) {
        return snapshot.getOrDefault(pool, List.of());
    }

    @Override
    public boolean isConfigured(String pool) {
        return configured.contains(pool);
    }

    @Override
    public void answered(Server server) {
        answered(server, false);
    }

    @Override
    public void failed(Server server, ErrorType error) {
        failed(server, error, "", false);
    }

    /** To be called once a second: checks the servers whose time it is. */
    public void check() {
        long now = ticker.getAsLong();
        for (Member member : members.values()) {
            if (member.health.takeCheck(now)) {
                check(member.server);
            }
        }
    }

    private void check(Server server) {
        byte[] probe = Messages.probe(
                UUID.randomUUID().toString(), NOBODY, UUID.randomUUID().toString());
        calls.call(server.upstream(), ConnectMethod.RELEASE_EXECUTE.path(), server.metadata(), probe, TIMEOUT)
                .thenAccept(reply -> checked(server, reply));
    }

    private void checked(Server server, Reply reply) {
        switch (reply) {
            case Reply.Answered(GrpcStatus status, String text, byte[] message) -> {
                // There is no such session; a server that says anything else does not tell where sessions are.
                if (status == GrpcStatus.OK || SparkErrors.saysNotFound(status, text)) {
                    answered(server, true);
                } else {
                    failed(server, ErrorType.HTTP_PROTOCOL_ERROR, notSound(status), true);
                }
            }
            case Reply.Failed(ErrorType error, String reason) -> failed(server, error, reason, true);
        }
    }

    /** What is wrong with a server that answers a check with that. */
    private static String notSound(GrpcStatus status) {
        return switch (status) {
            case UNAUTHENTICATED, PERMISSION_DENIED ->
                "the server does not take our token (tokenFile in pools[].servers[]): it says " + status;
            case UNIMPLEMENTED ->
                "the server does not answer as Spark Connect of 3.5 and newer does: it says " + status
                        + " to ReleaseExecute";
            default -> "the server does not answer as Spark Connect does: it says " + status;
        };
    }

    private void answered(Server server, boolean check) {
        Member member = members.get(address(server));
        if (member != null && check) {
            member.reason = "";
        }
        if (member != null && member.health.answered(ticker.getAsLong(), check)) {
            LOG.atInfo()
                    .addKeyValue("server", address(server))
                    .log("the Spark server answers again; what it has of sessions is looked at anew");
            publish();
        }
    }

    private void failed(Server server, ErrorType error, String reason, boolean check) {
        Member member = members.get(address(server));
        if (member != null && check) {
            member.reason = reason;
        }
        if (member != null && member.health.failed(ticker.getAsLong(), error, check)) {
            LOG.atWarn()
                    .addKeyValue("server", address(server))
                    .addKeyValue("error", error.token())
                    .addKeyValue("reason", member.reason)
                    .log("the Spark server does not answer as it should; it gets no new sessions");
            publish();
        }
    }

    /** Under a lock, so that the last to publish has seen every change before. */
    private synchronized void publish() {
        snapshot = snapshot();
    }

    private Map<String, List<Server>> snapshot() {
        Map<String, List<Server>> now = new HashMap<>();
        pools.forEach((pool, of) -> {
            List<Server> servers = new ArrayList<>(of.size());
            of.forEach(place -> servers.add(place.member().now(place.leftAt() != null)));
            now.put(pool, List.copyOf(servers));
        });
        return now;
    }
}
