// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.session.connect;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.proxy.ClientInfo;
import io.gatehouse.proxy.ErrorType;
import io.gatehouse.proxy.Principal;
import io.gatehouse.proxy.Upstream;
import io.gatehouse.proxy.grpc.CallHead;
import io.gatehouse.proxy.grpc.CallInspector;
import io.gatehouse.proxy.grpc.CallInspector.Decision;
import io.gatehouse.proxy.grpc.CallRouter.Connection;
import io.gatehouse.proxy.grpc.GrpcError;
import io.gatehouse.proxy.grpc.GrpcStatus;
import io.gatehouse.proxy.grpc.RoutedCall;
import io.gatehouse.proxy.grpc.UnaryCalls.Reply;
import io.gatehouse.session.FakeSpark;
import io.gatehouse.session.MemorySessionStore;
import io.gatehouse.session.PoolSpec;
import io.gatehouse.session.Requests;
import io.gatehouse.session.Server;
import io.gatehouse.session.SessionKey;
import io.gatehouse.session.SessionLimits;
import io.gatehouse.session.SessionRecord;
import io.gatehouse.session.StaticFleet;
import io.gatehouse.session.SteppedClock;
import io.gatehouse.session.wire.ConnectMethod;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.AsciiString;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A connect door with two servers, {@code a} and {@code b}, in the pool {@code etl}, and one, {@code c}, in {@code small}. */
final class Door {
    static final Upstream A = new Upstream("a", 15002);
    static final Upstream B = new Upstream("b", 15002);
    static final Upstream C = new Upstream("c", 15002);

    final SteppedClock clock = new SteppedClock();
    final FakeSpark spark = new FakeSpark();
    final FakeLogins logins = new FakeLogins(clock);
    final MemorySessionStore store = new MemorySessionStore(clock, 1000);
    final StaticFleet fleet = new StaticFleet(
            Map.of(
                    "etl", List.of(Server.of("a", A, "token of a"), Server.of("b", B, null)),
                    "small", List.of(Server.of("c", C, null)),
                    "empty", List.of(),
                    "closed", List.of()),
            spark,
            clock::nanos);
    final ConnectRouter router = new ConnectRouter(
            () -> new PoolTable(
                    List.of(
                            pool("etl", Set.of("etl.example.com"), Set.of(), 3, 5),
                            pool("small", Set.of("small.example.com"), Set.of(), 0, 0),
                            pool("empty", Set.of(), Set.of(), 0, 0),
                            pool("closed", Set.of(), Set.of("admins"), 0, 0)),
                    "etl"),
            logins,
            store,
            fleet,
            spark,
            clock,
            clock::nanos,
            new Random(1));

    private static PoolSpec pool(String name, Set<String> hosts, Set<String> groups, int perUser, int total) {
        return new PoolSpec(
                name,
                hosts,
                Set.of(),
                groups,
                new SessionLimits(perUser, total),
                Duration.ofHours(12),
                false,
                List.of());
    }

    /** A user who shows a token. */
    Client client(String token) {
        return client(Map.of(Metadata.AUTHORIZATION, "Bearer " + token), "etl.example.com:15002");
    }

    Client client(Map<AsciiString, String> metadata, String authority) {
        return new Client(router.connect(), metadata, authority);
    }

    @Nullable
    SessionRecord record(String pool, String user, String sessionId) {
        return store.find(new SessionKey(pool, user, sessionId))
                .toCompletableFuture()
                .getNow(null);
    }

    int count(String pool, String user) {
        return store.count(pool, user).toCompletableFuture().getNow(-1);
    }

    static String newSession() {
        return UUID.randomUUID().toString();
    }

    /** One connection of a client. */
    record Client(Connection connection, Map<AsciiString, String> metadata, String authority, InetAddress address) {
        Client(Connection connection, Map<AsciiString, String> metadata, String authority) {
            this(connection, metadata, authority, InetAddress.getLoopbackAddress());
        }

        /** The same connection, which a proxy shares out, with calls from another address. */
        Client from(String another) {
            return new Client(connection, metadata, authority, InetAddress.ofLiteral(another));
        }

        /** Sends a call whole, and gives what the door makes of it. */
        Decision send(ConnectMethod method, Requests request) {
            return settled(sendLater(method, request));
        }

        Decision send(ConnectMethod method, String sessionId) {
            return send(method, Requests.of(sessionId));
        }

        /** The same where the decision may not be there yet. */
        CompletableFuture<Decision> sendLater(ConnectMethod method, Requests request) {
            return inspect(begin(method.path()), request);
        }

        CallInspector begin(String path) {
            return connection.begin(new Head(path, metadata, authority, address));
        }

        static CompletableFuture<Decision> inspect(CallInspector inspector, Requests request) {
            Decision first = inspector.begin();
            if (!(first instanceof Decision.More)) {
                return CompletableFuture.completedFuture(first);
            }
            ByteBuf bytes = Unpooled.wrappedBuffer(request.framed());
            Decision second = inspector.inspect(bytes, true);
            bytes.release();
            return second instanceof Decision.Deferred later
                    ? later.decision().toCompletableFuture()
                    : CompletableFuture.completedFuture(second);
        }

        /** Sends a call that is forwarded. */
        RoutedCall forward(ConnectMethod method, Requests request) {
            Decision decision = send(method, request);
            assertThat(decision).isInstanceOf(Decision.Forward.class);
            return ((Decision.Forward) decision).call();
        }

        RoutedCall forward(ConnectMethod method, String sessionId) {
            return forward(method, Requests.of(sessionId));
        }

        /** Sends a call that is forwarded and answered well. */
        Upstream use(ConnectMethod method, Requests request) {
            RoutedCall call = forward(method, request);
            pass(call, request);
            answer(call);
            call.ended(GrpcStatus.OK, "");
            return call.server();
        }

        Upstream use(ConnectMethod method, String sessionId) {
            return use(method, Requests.of(sessionId));
        }

        GrpcError refused(ConnectMethod method, Requests request) {
            Decision decision = send(method, request);
            assertThat(decision).isInstanceOf(Decision.Refuse.class);
            return ((Decision.Refuse) decision).error();
        }

        GrpcError refused(ConnectMethod method, String sessionId) {
            return refused(method, Requests.of(sessionId));
        }
    }

    static Decision settled(CompletableFuture<Decision> decision) {
        assertThat(decision).isCompleted();
        return decision.getNow(Decision.MORE);
    }

    /** Lets the request go to the server, and gives what that gets. */
    static byte[] pass(RoutedCall call, Requests request) {
        ByteBuf all = Unpooled.buffer();
        List<ByteBuf> parts = new ArrayList<>();
        GrpcError error = call.request(Unpooled.copiedBuffer(request.framed()), true, parts::add);
        parts.forEach(part -> {
            all.writeBytes(part);
            part.release();
        });
        assertThat(error).isNull();
        byte[] bytes = new byte[all.readableBytes()];
        all.readBytes(bytes);
        return bytes;
    }

    static void answer(RoutedCall call) {
        ByteBuf bytes = Unpooled.wrappedBuffer(new byte[] {0, 0, 0, 0, 0});
        call.answer(bytes);
        bytes.release();
    }

    static void answer(RoutedCall call, Requests message) {
        ByteBuf bytes = Unpooled.copiedBuffer(message.framed());
        call.answer(bytes);
        bytes.release();
    }

    /** The server is started anew in the place of that one, and has nothing of what that one had. */
    void restart(Upstream server) {
        fail(server);
        recover(server);
    }

    /** The server is down, and known to be. */
    void fail(Upstream server) {
        spark.refuseConnections(server);
        clock.pass(Duration.ofSeconds(5));
        fleet.check();
    }

    /** The server says nothing, and is known to be down for that; it has what it has. */
    void cutOff(Upstream server) {
        spark.say(server, new Reply.Failed(ErrorType.CONNECTION_TIMEOUT));
        for (int i = 0; i < 3; i++) {
            clock.pass(Duration.ofSeconds(5));
            fleet.check();
        }
    }

    /** It is up again. */
    void recover(Upstream server) {
        spark.recover(server);
        clock.pass(Duration.ofSeconds(5));
        fleet.check();
    }

    static String errorClass(GrpcError error) {
        GrpcError.Info info = error.info();
        return info == null ? "" : info.metadata().getOrDefault("errorClass", "");
    }

    /** The head of a call. */
    private record Head(String path, Map<AsciiString, String> all, String authority, InetAddress address)
            implements CallHead {
        @Override
        public @Nullable CharSequence metadata(AsciiString name) {
            return all.get(name);
        }

        @Override
        public ClientInfo client() {
            return ClientInfo.direct(address, "http");
        }

        @Override
        public String requestId() {
            return "request";
        }
    }

    void addAdmin(String name) {
        logins.add(new Principal(name, Set.of("admins")));
    }
}
