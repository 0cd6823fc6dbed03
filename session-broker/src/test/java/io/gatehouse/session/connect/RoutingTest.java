// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.session.connect;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.proxy.ErrorType;
import io.gatehouse.proxy.Upstream;
import io.gatehouse.proxy.grpc.CallInspector.Decision;
import io.gatehouse.proxy.grpc.GrpcError;
import io.gatehouse.proxy.grpc.GrpcStatus;
import io.gatehouse.proxy.grpc.RoutedCall;
import io.gatehouse.proxy.grpc.UnaryCalls.Reply;
import io.gatehouse.session.Departures;
import io.gatehouse.session.Requests;
import io.gatehouse.session.Server;
import io.gatehouse.session.SessionKey;
import io.gatehouse.session.SessionLimits;
import io.gatehouse.session.wire.ConnectMethod;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Which server has a session, or gets it. */
class RoutingTest {
    private final Door door = new Door();
    private final Door.Client alice = door.client("alice");
    private final String session = Door.newSession();

    @Test
    void sessionsGoToTheServerWithTheFewestAndStayThere() {
        List<Upstream> first = new ArrayList<>();
        List<String> sessions = List.of(Door.newSession(), Door.newSession());
        sessions.forEach(id -> first.add(alice.use(ConnectMethod.CONFIG, id)));

        assertThat(first).containsExactlyInAnyOrder(Door.A, Door.B);
        for (int i = 0; i < 10; i++) {
            assertThat(alice.use(ConnectMethod.EXECUTE_PLAN, sessions.get(0))).isEqualTo(first.get(0));
            assertThat(alice.use(ConnectMethod.INTERRUPT, sessions.get(1))).isEqualTo(first.get(1));
        }
    }

    @Test
    void theUsersOwnSessionIdsDoNotMeetThoseOfOthers() {
        Upstream ofAlice = alice.use(ConnectMethod.CONFIG, session);
        Upstream ofBob = door.client("bob").use(ConnectMethod.CONFIG, session);

        assertThat(ofBob).isNotEqualTo(ofAlice);
    }

    /** Defect 15: calls that come together must not become several sessions. */
    @Test
    void callsThatComeTogetherAreOneSession() throws Exception {
        Set<Upstream> servers = new HashSet<>();
        try (var threads = Executors.newFixedThreadPool(16)) {
            List<Callable<Upstream>> calls = IntStream.range(0, 64)
                    .<Callable<Upstream>>mapToObj(i -> () -> {
                        Decision decision = door.client("alice")
                                .sendLater(ConnectMethod.CONFIG, Requests.of(session))
                                .get();
                        return ((Decision.Forward) decision).call().server();
                    })
                    .toList();
            for (var server : threads.invokeAll(calls)) {
                servers.add(server.get());
            }
        }

        assertThat(servers).hasSize(1);
        assertThat(door.count("etl", "alice")).isEqualTo(1);
    }

    @Test
    void whoLosesAClaimGoesWhereTheWinnerDoes() {
        // Given
        var pending = door.spark.hang(Door.A);
        var second = alice.sendLater(ConnectMethod.CONFIG, Requests.of(session));
        // Its server has a session more by that, so the other one would be chosen.
        claim("b", false);

        // When
        pending.complete(
                new Reply.Answered(GrpcStatus.INTERNAL, "[INVALID_HANDLE.SESSION_NOT_FOUND] The handle", new byte[0]));

        // Then
        assertThat(Door.settled(second))
                .isInstanceOfSatisfying(
                        Decision.Forward.class,
                        forward -> assertThat(forward.call().server()).isEqualTo(Door.B));
        assertThat(door.count("etl", "alice")).isEqualTo(1);
    }

    @Test
    void aPoolWithOneServerNeedsNoQuestion() {
        door.client(Map.of(Metadata.AUTHORIZATION, "Bearer alice"), "small.example.com")
                .use(ConnectMethod.CONFIG, session);

        assertThat(door.spark.calls()).isZero();
    }

    // ---- limits ----

    /** Defect 20: a quota must not look like something that passes. */
    @Test
    void aUserAtTheLimitIsToldSoAndNotToComeBack() {
        for (int i = 0; i < 3; i++) {
            alice.use(ConnectMethod.CONFIG, Door.newSession());
        }

        GrpcError error = alice.refused(ConnectMethod.CONFIG, session);

        assertThat(error.status()).isEqualTo(GrpcStatus.RESOURCE_EXHAUSTED);
        assertThat(error.retryAfter()).isNull();
        assertThat(error.message()).contains("3 sessions", "etl", "spark.stop()");
        assertThat(door.count("etl", "alice")).isEqualTo(3);
        door.client("bob").use(ConnectMethod.CONFIG, session);
    }

    @Test
    void aFullPoolTakesNobody() {
        for (String user : List.of("u1", "u2", "u3", "u4", "u5")) {
            door.client(user).use(ConnectMethod.CONFIG, session);
        }

        assertThat(alice.refused(ConnectMethod.CONFIG, session).message()).contains("The pool etl has 5 sessions");
    }

    @Test
    void sessionsThatSparkHasEndedByItselfMakeRoom() {
        // Given
        for (int i = 0; i < 3; i++) {
            alice.use(ConnectMethod.CONFIG, Door.newSession());
        }

        // When
        door.clock.pass(StaleSessions.IDLE.plusSeconds(1));

        // Then
        alice.use(ConnectMethod.CONFIG, session);
        assertThat(door.count("etl", "alice")).isEqualTo(1);
    }

    @Test
    void sessionsThatAreThereKeepTheirPlace() {
        // Given
        for (int i = 0; i < 3; i++) {
            String id = Door.newSession();
            door.spark.give(alice.use(ConnectMethod.CONFIG, id), "alice", id);
        }

        // When
        door.clock.pass(StaleSessions.IDLE.plusSeconds(1));

        // Then
        alice.refused(ConnectMethod.CONFIG, session);
        assertThat(door.count("etl", "alice")).isEqualTo(3);
    }

    /** The question is a call for Spark, and one every now and then would keep a session for ever. */
    @Test
    void sessionsThatAreThereAreNotAskedForAgainBeforeSparkCanHaveEndedThem() {
        // Given
        for (int i = 0; i < 3; i++) {
            String id = Door.newSession();
            door.spark.give(alice.use(ConnectMethod.CONFIG, id), "alice", id);
        }
        door.clock.pass(StaleSessions.IDLE.plusSeconds(1));
        alice.refused(ConnectMethod.CONFIG, session);
        int asked = door.spark.calls();

        // When
        door.clock.pass(Duration.ofMinutes(59));
        String next = Door.newSession();
        alice.refused(ConnectMethod.CONFIG, next);

        // Then: no more than the new session was looked for
        assertThat(door.spark.calls()).isEqualTo(asked + 2);

        // When
        door.clock.pass(Duration.ofMinutes(3));
        alice.refused(ConnectMethod.CONFIG, next);
        assertThat(door.spark.calls()).isEqualTo(asked + 2 + 2 + 3);
    }

    /** A question counts as use for Spark, so it is asked of nobody's sessions without need. */
    @Test
    void whoIsAtTheLimitMakesNoRoomAmongTheSessionsOfOthers() {
        // Given
        for (int i = 0; i < 3; i++) {
            String id = Door.newSession();
            door.spark.give(alice.use(ConnectMethod.CONFIG, id), "alice", id);
        }
        door.client("bob").use(ConnectMethod.CONFIG, Door.newSession());
        door.clock.pass(StaleSessions.IDLE.plusSeconds(1));

        // When
        alice.refused(ConnectMethod.CONFIG, session);

        // Then
        assertThat(door.count("etl", "bob")).isEqualTo(1);
    }

    // ---- servers that are not there ----

    @Test
    void aServerThatIsDownGetsNoSessions() {
        door.spark.refuseConnections(Door.A);
        door.fleet.check();

        for (int i = 0; i < 3; i++) {
            assertThat(alice.use(ConnectMethod.CONFIG, Door.newSession())).isEqualTo(Door.B);
        }
    }

    @Test
    void whereNoServerIsUpTheClientComesBack() {
        door.spark.refuseConnections(Door.A);
        door.spark.refuseConnections(Door.B);
        door.fleet.check();

        GrpcError error = alice.refused(ConnectMethod.CONFIG, session);

        assertThat(error.status()).isEqualTo(GrpcStatus.UNAVAILABLE);
        assertThat(error.retryAfter()).isNotNull();
        assertThat(error.message()).contains("etl");
    }

    @Test
    void aSessionWhoseServerIsConfiguredNoMoreIsGone() {
        claim("gone", true);

        assertThat(Door.errorClass(alice.refused(ConnectMethod.CONFIG, session)))
                .isEqualTo("INVALID_HANDLE.SESSION_CHANGED");
        assertThat(door.record("etl", "alice", session)).isNull();
    }

    @Test
    void aPlaceOnAServerThatIsConfiguredNoMoreIsReplaced() {
        claim("gone", false);

        alice.use(ConnectMethod.CONFIG, session);

        assertThat(door.record("etl", "alice", session))
                .isNotNull()
                .satisfies(record -> assertThat(record.server()).isNotEqualTo("gone"));
    }

    @Test
    void aPlaceThatACallIsOnItsWayToOutlivesItsServersAbsence() {
        // Given
        RoutedCall first = alice.forward(ConnectMethod.EXECUTE_PLAN, session);
        var before = door.record("etl", "alice", session);
        door.restart(first.server());

        // When
        RoutedCall second = alice.forward(ConnectMethod.CONFIG, session);
        first.failed(ErrorType.CONNECTION_TERMINATED, false);
        Door.answer(second);

        // Then
        assertThat(second.server()).isEqualTo(first.server());
        assertThat(door.record("etl", "alice", session)).isNotNull().satisfies(record -> {
            assertThat(record.createdAt()).isEqualTo(before == null ? null : before.createdAt());
            assertThat(record.server()).endsWith("#1");
            assertThat(record.pinned()).isTrue();
        });
    }

    // ---- servers that leave ----

    @Test
    void aServerThatLeavesGetsNoSessionsAndKeepsThoseThatItHas() {
        Upstream server = alice.use(ConnectMethod.CONFIG, session);
        Upstream other = server.equals(Door.A) ? Door.B : Door.A;
        door.fleet.use(Map.of("etl", List.of(Server.of("other", other, null))));

        for (int i = 0; i < 2; i++) {
            assertThat(alice.use(ConnectMethod.CONFIG, Door.newSession())).isEqualTo(other);
        }
        assertThat(alice.use(ConnectMethod.EXECUTE_PLAN, session)).isEqualTo(server);
    }

    @Test
    void aServerThatLeavesIsAskedForSessionsOfWhichNothingIsKnown() {
        door.spark.give(Door.A, "alice", session);
        door.fleet.use(Map.of("etl", List.of(Server.of("b", Door.B, null))));

        assertThat(alice.use(ConnectMethod.CONFIG, session)).isEqualTo(Door.A);
    }

    @Test
    void aPoolThatIsConfiguredNoMoreKeepsItsSessionsAndGetsNone() {
        Upstream server = alice.use(ConnectMethod.CONFIG, session);
        door.fleet.use(Map.of());

        assertThat(alice.use(ConnectMethod.EXECUTE_PLAN, session)).isEqualTo(server);
        assertThat(alice.refused(ConnectMethod.CONFIG, Door.newSession()).status())
                .isEqualTo(GrpcStatus.FAILED_PRECONDITION);
    }

    @Test
    void soIsOneWhoseServersAreLeavingAndDoNotAnswer() {
        door.fleet.use(Map.of());
        door.fail(Door.A);
        door.fail(Door.B);

        assertThat(alice.refused(ConnectMethod.CONFIG, session).status()).isEqualTo(GrpcStatus.FAILED_PRECONDITION);
    }

    @Test
    void ofOneThatHasLeftNothingIsToBeWaitedFor() {
        // Given
        door.fleet.use(Map.of());
        door.clock.pass(Duration.ofMinutes(1));
        new Departures(door.fleet, door.store).tick();

        // When
        GrpcError begins = alice.refused(ConnectMethod.CONFIG, session);
        GrpcError seen =
                alice.refused(ConnectMethod.CONFIG, Requests.of(session).text(8, "seen"));

        // Then
        assertThat(begins.status()).isEqualTo(GrpcStatus.FAILED_PRECONDITION);
        assertThat(Door.errorClass(seen)).isEqualTo("INVALID_HANDLE.SESSION_CHANGED");
    }

    @Test
    void aStoreThatIsFullIsNotTheClientsFault() {
        for (int i = 0; i < 1000; i++) {
            assertThat(door.store.claim(new SessionKey("small", "u" + i, session), "c", true, SessionLimits.NONE))
                    .isCompleted();
        }

        assertThat(alice.refused(ConnectMethod.CONFIG, session).status()).isEqualTo(GrpcStatus.UNAVAILABLE);
    }

    private void claim(String server, boolean pinned) {
        assertThat(door.store.claim(new SessionKey("etl", "alice", session), server, pinned, SessionLimits.NONE))
                .isCompleted();
    }
}
