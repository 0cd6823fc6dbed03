// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.session;

import io.gatehouse.proxy.ErrorType;
import io.gatehouse.proxy.grpc.GrpcStatus;
import io.gatehouse.proxy.grpc.UnaryCalls;
import io.gatehouse.proxy.grpc.UnaryCalls.Reply;
import io.gatehouse.session.wire.ConnectMethod;
import io.gatehouse.session.wire.Messages;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Servers that exist already, by configuration: nobody starts or stops them here. They are checked with a call that does nothing, for a
 * session that nobody has, and by how real calls go. All count as up until they are found not to be.
 */
public final class StaticFleet implements Fleet {
    private static final Logger LOG = LoggerFactory.getLogger(StaticFleet.class);
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final String NOBODY = "gatehouse";

    /** A server of one or several pools. */
    private record Member(Server server, ServerHealth health) {
        Server now() {
            return health.isUp() ? server : server.in(Server.State.DOWN);
        }
    }

    private final Map<String, List<Member>> pools = new HashMap<>();
    private final Map<String, Member> members = new HashMap<>();
    private final UnaryCalls calls;
    private final LongSupplier ticker;
    /** Made anew with every change, so that calls only read. */
    private volatile Map<String, List<Server>> snapshot;

    /**
     * @param serversOfPools by the pool's name; a server may be in several pools, and is then the same one everywhere
     * @param ticker the monotonic clock, in nanoseconds
     */
    public StaticFleet(Map<String, List<Server>> serversOfPools, UnaryCalls calls, LongSupplier ticker) {
        this.calls = calls;
        this.ticker = ticker;
        serversOfPools.forEach((pool, servers) -> pools.put(
                pool,
                servers.stream()
                        .map(server -> members.computeIfAbsent(
                                server.name(), name -> new Member(server, new ServerHealth(ticker.getAsLong()))))
                        .toList()));
        this.snapshot = snapshot();
    }

    @Override
    public List<Server> servers(String pool) {
        return snapshot.getOrDefault(pool, List.of());
    }

    @Override
    public void answered(Server server) {
        answered(server, false);
    }

    @Override
    public void failed(Server server, ErrorType error) {
        failed(server, error, false);
    }

    /** To be called once a second: checks the servers whose time it is. */
    public void check() {
        long now = ticker.getAsLong();
        for (Member member : members.values()) {
            if (member.health().takeCheck(now)) {
                check(member.server());
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
                // Spark says INTERNAL, because there is no such session.
                if (status == GrpcStatus.INTERNAL || status == GrpcStatus.OK) {
                    answered(server, true);
                } else {
                    LOG.atDebug()
                            .addKeyValue("server", server.name())
                            .addKeyValue("status", status)
                            .log(
                                    status == GrpcStatus.UNAUTHENTICATED
                                            ? "the server does not take our token"
                                            : "the server does not answer as Spark Connect does");
                    failed(server, ErrorType.HTTP_PROTOCOL_ERROR, true);
                }
            }
            case Reply.Failed(ErrorType error) -> failed(server, error, true);
        }
    }

    private void answered(Server server, boolean check) {
        Member member = members.get(server.name());
        if (member != null && member.health().answered(ticker.getAsLong(), check)) {
            LOG.atInfo().addKeyValue("server", server.name()).log("the Spark server answers; it gets sessions");
            publish();
        }
    }

    private void failed(Server server, ErrorType error, boolean check) {
        Member member = members.get(server.name());
        if (member != null && member.health().failed(ticker.getAsLong(), error, check)) {
            LOG.atWarn()
                    .addKeyValue("server", server.name())
                    .addKeyValue("error", error.token())
                    .log("the Spark server does not answer; it gets no new sessions");
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
            of.forEach(member -> servers.add(member.now()));
            now.put(pool, List.copyOf(servers));
        });
        return now;
    }
}
