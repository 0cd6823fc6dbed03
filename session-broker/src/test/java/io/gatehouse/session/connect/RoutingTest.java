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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

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

    // ---- sessions of which nothing is known ----

    @ParameterizedTest
    @EnumSource
    void aSessionThatIsThereIsFoundAgainAndKeepsItsServer(ConnectMethod method) {
        // Given
        door.spark.give(Door.B, "alice", session);

        // When
        RoutedCall call = alice.forward(method, session);

        // Then
        assertThat(call.server()).isEqualTo(Door.B);
        assertThat(door.record("etl", "alice", session)).isNotNull().satisfies(record -> {
            assertThat(record.server()).isEqualTo("b");
            assertThat(record.pinned()).isTrue();
        });
    }

    @Test
    void aSessionThatIsThereIsFoundWhateverTheLimits() {
        for (int i = 0; i < 3; i++) {
            alice.use(ConnectMethod.CONFIG, Door.newSession());
        }
        door.spark.give(Door.B, "alice", session);

        assertThat(alice.use(ConnectMethod.CONFIG, session)).isEqualTo(Door.B);
        assertThat(door.count("etl", "alice")).isEqualTo(4);
    }

    @Test
    void thatTheClientHasSeenASessionGetsItNoneBeyondTheLimits() {
        Map<io.netty.util.AsciiString, String> token = Map.of(Metadata.AUTHORIZATION, "Bearer alice");

        GrpcError error = door.client(token, "small.example.com")
                .refused(ConnectMethod.CONFIG, Requests.of(session).text(8, "seen"));

        assertThat(Door.errorClass(error)).isEqualTo("INVALID_HANDLE.SESSION_CHANGED");
        assertThat(door.count("small", "alice")).isZero();
    }

    @ParameterizedTest
    @EnumSource(names = {"INTERRUPT", "REATTACH_EXECUTE", "RELEASE_EXECUTE", "GET_STATUS", "CLONE_SESSION"})
    void someCallsOfNoSessionFailAsSparkLetsThemFail(ConnectMethod method) {
        GrpcError error = alice.refused(method, session);

        assertThat(error.status()).isEqualTo(GrpcStatus.INTERNAL);
        assertThat(Door.errorClass(error)).isEqualTo("INVALID_HANDLE.SESSION_NOT_FOUND");
        assertThat(door.count("etl", "alice")).isZero();
    }

    @ParameterizedTest
    @EnumSource(names = {"RELEASE_SESSION", "FETCH_ERROR_DETAILS", "ARTIFACT_STATUS"})
    void othersAreAnsweredWithNothing(ConnectMethod method) {
        Decision decision = alice.send(method, session);

        assertThat(decision).isInstanceOfSatisfying(Decision.Answer.class, answer -> {
            assertThat(answer.user()).isEqualTo("alice");
            assertThat(answer.route()).isEqualTo(method.methodName());
        });
        assertThat(door.count("etl", "alice")).isZero();
    }

    @ParameterizedTest
    @EnumSource(names = {"EXECUTE_PLAN", "CONFIG"})
    void aSessionThatTheClientHasSeenAndNobodyHasIsNotMadeAnew(ConnectMethod method) {
        GrpcError error = alice.refused(method, Requests.of(session).text(8, "seen"));

        assertThat(Door.errorClass(error)).isEqualTo("INVALID_HANDLE.SESSION_CHANGED");
        assertThat(door.count("etl", "alice")).isZero();
    }

    @Test
    void anInterruptOfASessionThatItsClientHasSeenSaysThatItIsGone() {
        GrpcError error =
                alice.refused(ConnectMethod.INTERRUPT, Requests.of(session).text(7, "seen"));

        assertThat(Door.errorClass(error)).isEqualTo("INVALID_HANDLE.SESSION_CHANGED");
    }

    @Test
    void aSessionThatItsClientHasEndedIsClosed() {
        door.spark.close("alice", session);

        assertThat(Door.errorClass(alice.refused(ConnectMethod.CONFIG, session)))
                .isEqualTo("INVALID_HANDLE.SESSION_CLOSED");
        assertThat(alice.send(ConnectMethod.RELEASE_SESSION, session)).isInstanceOf(Decision.Answer.class);
    }

    @Test
    void callsOfOneSessionShareASearchAndItsEndIsRememberedForAMoment() {
        // Given
        var pending = door.spark.hang(Door.A);

        // When
        var first = alice.sendLater(ConnectMethod.RELEASE_EXECUTE, Requests.of(session));
        var second = alice.sendLater(ConnectMethod.RELEASE_EXECUTE, Requests.of(session));

        // Then
        assertThat(door.spark.calls()).isEqualTo(2);
        pending.complete(
                new Reply.Answered(GrpcStatus.INTERNAL, "[INVALID_HANDLE.SESSION_NOT_FOUND] The handle", new byte[0]));
        assertThat(Door.settled(first)).isInstanceOf(Decision.Refuse.class);
        assertThat(Door.settled(second)).isInstanceOf(Decision.Refuse.class);
        alice.refused(ConnectMethod.RELEASE_EXECUTE, session);
        assertThat(door.spark.calls()).isEqualTo(2);

        door.clock.pass(Duration.ofSeconds(2));
        alice.refused(ConnectMethod.RELEASE_EXECUTE, session);
        assertThat(door.spark.calls()).isEqualTo(4);
    }

    @Test
    void aServerThatSaysNothingLeavesOnlyThoseInDoubtThatHaveSeenTheSession() {
        door.spark.say(Door.A, new Reply.Failed(ErrorType.HTTP_RESPONSE_TIMEOUT));

        GrpcError seen =
                alice.refused(ConnectMethod.CONFIG, Requests.of(session).text(8, "seen"));
        GrpcError release = alice.refused(ConnectMethod.RELEASE_EXECUTE, session);

        assertThat(seen.status()).isEqualTo(GrpcStatus.UNAVAILABLE);
        assertThat(seen.retryAfter()).isNotNull();
        assertThat(release.status()).isEqualTo(GrpcStatus.UNAVAILABLE);
        alice.use(ConnectMethod.CONFIG, session);
    }

    @Test
    void aServerThatHasTheSessionIsNotHeldUpByOneThatSaysNothing() {
        door.spark.hang(Door.A);
        door.spark.give(Door.B, "alice", session);

        assertThat(alice.use(ConnectMethod.CONFIG, session)).isEqualTo(Door.B);
    }

    @Test
    void aUserBeginsNoMoreThanSomeSearches() {
        for (int i = 0; i < SearchQuota.MOST; i++) {
            alice.refused(ConnectMethod.RELEASE_EXECUTE, Door.newSession());
        }
        int before = door.spark.calls();

        GrpcError error = alice.refused(ConnectMethod.RELEASE_EXECUTE, session);

        assertThat(error.status()).isEqualTo(GrpcStatus.RESOURCE_EXHAUSTED);
        assertThat(error.retryAfter()).isNotNull();
        assertThat(door.spark.calls()).isEqualTo(before);
        door.client("bob").use(ConnectMethod.CONFIG, session);
        door.clock.pass(Duration.ofSeconds(11));
        alice.use(ConnectMethod.CONFIG, session);
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

    // ---- servers that come back ----

    /** A client older than Spark 4.0 does not say what it has seen. */
    @Test
    void aSessionWhoseServerWasStartedAnewIsNotMadeAnewBehindItsUsersBack() {
        Upstream server = alice.use(ConnectMethod.CONFIG, session);
        door.restart(server);

        GrpcError error = alice.refused(ConnectMethod.EXECUTE_PLAN, session);

        assertThat(Door.errorClass(error)).isEqualTo("INVALID_HANDLE.SESSION_CHANGED");
        alice.use(ConnectMethod.EXECUTE_PLAN, session);
        assertThat(door.count("etl", "alice")).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(names = {"RELEASE_EXECUTE", "REATTACH_EXECUTE", "INTERRUPT", "GET_STATUS", "FETCH_ERROR_DETAILS"})
    void aCallThatMayFailUnseenDoesNotUseUpTheNews(ConnectMethod unseen) {
        Upstream server = alice.use(ConnectMethod.CONFIG, session);
        door.restart(server);

        for (int i = 0; i < 2; i++) {
            alice.refused(unseen, session);
        }

        assertThat(Door.errorClass(alice.refused(ConnectMethod.ANALYZE_PLAN, session)))
                .isEqualTo("INVALID_HANDLE.SESSION_CHANGED");
        alice.use(ConnectMethod.ANALYZE_PLAN, session);
    }

    @Test
    void forALostSessionNobodyIsAskedAgain() {
        door.restart(alice.use(ConnectMethod.CONFIG, session));
        alice.refused(ConnectMethod.RELEASE_EXECUTE, session);
        int before = door.spark.calls();
        door.clock.pass(Duration.ofSeconds(10));

        alice.refused(ConnectMethod.RELEASE_EXECUTE, session);
        alice.refused(ConnectMethod.CONFIG, session);

        assertThat(door.spark.calls()).isEqualTo(before);
    }

    @Test
    void whoReleasesALostSessionKnows() {
        Upstream server = alice.use(ConnectMethod.CONFIG, session);
        door.restart(server);
        alice.refused(ConnectMethod.RELEASE_EXECUTE, session);

        assertThat(alice.send(ConnectMethod.RELEASE_SESSION, session)).isInstanceOf(Decision.Answer.class);
        alice.use(ConnectMethod.CONFIG, session);
    }

    @Test
    void aSessionThatOutlivedItsServersAbsenceGoesOn() {
        Upstream server = alice.use(ConnectMethod.CONFIG, session);
        door.spark.give(server, "alice", session);
        door.restart(server);
        int before = door.spark.calls();

        assertThat(alice.use(ConnectMethod.RELEASE_EXECUTE, session)).isEqualTo(server);

        assertThat(door.spark.calls()).as("all servers are asked").isEqualTo(before + 2);
        assertThat(alice.use(ConnectMethod.EXECUTE_PLAN, session)).isEqualTo(server);
        assertThat(door.spark.calls()).as("once").isEqualTo(before + 2);
        assertThat(door.count("etl", "alice")).isEqualTo(1);
    }

    @Test
    void thatItWasNowhereBeforeItBeganDoesNotCount() {
        // Given
        Upstream server = alice.use(ConnectMethod.CONFIG, session);
        door.spark.give(server, "alice", session);

        // When
        door.fleet.servers("etl").stream()
                .filter(one -> one.upstream().equals(server))
                .forEach(one -> {
                    door.fleet.failed(one, ErrorType.CONNECTION_REFUSED);
                    door.fleet.answered(one);
                });

        // Then
        assertThat(alice.use(ConnectMethod.CONFIG, session)).isEqualTo(server);
    }

    @Test
    void whileItIsNotCertainASessionThatWasIsNeitherLostNorMadeAnew() {
        Upstream server = alice.use(ConnectMethod.CONFIG, session);
        door.restart(server);
        door.spark.say(server, new Reply.Failed(ErrorType.HTTP_RESPONSE_TIMEOUT));

        assertThat(alice.refused(ConnectMethod.CONFIG, session).status()).isEqualTo(GrpcStatus.UNAVAILABLE);

        door.spark.give(server, "alice", session);
        door.spark.recover(server);
        assertThat(alice.use(ConnectMethod.CONFIG, session)).isEqualTo(server);
    }

    /** It was away for a moment, so its sessions are looked for; and now it is away again, and cannot be asked. */
    @Test
    void aSessionWhoseServerCannotBeAskedIsNeitherLostNorMadeAnew() {
        // Given
        Upstream server = alice.use(ConnectMethod.CONFIG, session);
        door.spark.give(server, "alice", session);
        door.restart(server);
        door.fail(server);

        // When
        GrpcError error = alice.refused(ConnectMethod.CONFIG, session);

        // Then
        assertThat(error.status()).isEqualTo(GrpcStatus.UNAVAILABLE);
        assertThat(error.retryAfter()).isNotNull();
        door.recover(server);
        assertThat(alice.use(ConnectMethod.CONFIG, session)).isEqualTo(server);
    }

    @Test
    void norDoesItMakeRoom() {
        // Given
        for (int i = 0; i < 3; i++) {
            String id = Door.newSession();
            door.spark.give(alice.use(ConnectMethod.CONFIG, id), "alice", id);
        }
        door.restart(Door.A);
        door.clock.pass(StaleSessions.IDLE.plusSeconds(1));
        door.fail(Door.A);

        // When
        alice.refused(ConnectMethod.CONFIG, session);

        // Then
        assertThat(door.count("etl", "alice")).isEqualTo(3);
    }

    @Test
    void aSessionThatMadeRoomIsNotMadeAnewBehindItsUsersBack() {
        // Given
        alice.use(ConnectMethod.CONFIG, session);
        for (int i = 0; i < 2; i++) {
            alice.use(ConnectMethod.CONFIG, Door.newSession());
        }
        door.clock.pass(StaleSessions.IDLE.plusSeconds(1));

        // When
        alice.use(ConnectMethod.CONFIG, Door.newSession());

        // Then
        assertThat(Door.errorClass(alice.refused(ConnectMethod.CONFIG, session)))
                .isEqualTo("INVALID_HANDLE.SESSION_CHANGED");
    }

    @Test
    void whoIsAtTheLimitWithSessionsOfAServerThatWasStartedAnewHasRoom() {
        for (int i = 0; i < 3; i++) {
            door.restart(alice.use(ConnectMethod.CONFIG, Door.newSession()));
        }
        door.clock.pass(StaleSessions.IDLE.plusSeconds(1));

        alice.use(ConnectMethod.CONFIG, session);

        assertThat(door.count("etl", "alice")).isEqualTo(1);
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
