// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.session.connect;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.proxy.ErrorType;
import io.gatehouse.proxy.grpc.CallInspector.Decision;
import io.gatehouse.proxy.grpc.GrpcError;
import io.gatehouse.proxy.grpc.GrpcStatus;
import io.gatehouse.proxy.grpc.RoutedCall;
import io.gatehouse.proxy.grpc.UnaryCalls.Reply;
import io.gatehouse.session.Requests;
import io.gatehouse.session.Server;
import io.gatehouse.session.wire.ConnectMethod;
import io.netty.util.AsciiString;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Calls of sessions of which nothing is known here: after a restart, or because another process placed them. */
class UnknownSessionsTest {
    private final Door door = new Door();
    private final Door.Client alice = door.client("alice");
    private final String session = Door.newSession();

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
        Map<AsciiString, String> token = Map.of(Metadata.AUTHORIZATION, "Bearer alice");

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

    /** It may have the session, of clients before Spark 4 too, which do not say what they have seen; in a moment that is known. */
    @Test
    void whileAServerSaysNothingNobodyIsPlacedElsewhere() {
        door.spark.say(Door.A, new Reply.Failed(ErrorType.HTTP_RESPONSE_TIMEOUT));

        for (GrpcError error : List.of(
                alice.refused(ConnectMethod.CONFIG, Requests.of(session).text(8, "seen")),
                alice.refused(ConnectMethod.CONFIG, session),
                alice.refused(ConnectMethod.RELEASE_EXECUTE, session))) {
            assertThat(error.status()).isEqualTo(GrpcStatus.UNAVAILABLE);
            assertThat(error.retryAfter()).isNotNull();
        }
    }

    @Test
    void onceItIsDownWhoHasSeenNothingGetsAnotherServer() {
        door.cutOff(Door.A);

        assertThat(alice.use(ConnectMethod.CONFIG, session)).isEqualTo(Door.B);
    }

    @ParameterizedTest
    @CsvSource({
        "EXECUTE_PLAN,8",
        "ANALYZE_PLAN,17",
        "ADD_ARTIFACTS,7",
        "INTERRUPT,7",
        "REATTACH_EXECUTE,6",
        "GET_STATUS,4"
    })
    void aSessionThatMayBeOnAServerThatIsCutOffIsNeitherGoneNorMadeAnew(ConnectMethod method, int seen) {
        // Given
        door.spark.give(Door.A, "alice", session);
        door.cutOff(Door.A);

        // When
        GrpcError error = alice.refused(method, Requests.of(session).text(seen, "seen"));

        // Then
        assertThat(error.status()).isEqualTo(GrpcStatus.UNAVAILABLE);
        assertThat(error.retryAfter()).isNotNull();
        door.recover(Door.A);
        assertThat(alice.use(ConnectMethod.CONFIG, session)).isEqualTo(Door.A);
    }

    /** Of a large message the end is not waited for, and there it stands whether its client has seen the session. */
    @Test
    void whatALargeMessageSaysAtItsEndIsNotTakenForUnsaid() {
        Requests large = Requests.of(session).bytes(3, 100_000).text(8, "seen");
        door.cutOff(Door.A);

        assertThat(alice.refused(ConnectMethod.EXECUTE_PLAN, large).status()).isEqualTo(GrpcStatus.UNAVAILABLE);

        door.recover(Door.A);
        alice.forward(ConnectMethod.EXECUTE_PLAN, large);
    }

    /** Spark ends by itself what nobody uses; {@code spark.stop()} tries for ten minutes. */
    @Test
    void whoLeavesDoesNotWaitForAServerThatIsCutOff() {
        door.cutOff(Door.A);

        assertThat(alice.send(ConnectMethod.RELEASE_SESSION, session)).isInstanceOf(Decision.Answer.class);
    }

    @Test
    void aServerWhereNobodyListensHasNoSessions() {
        door.spark.refuseConnections(Door.A);

        GrpcError error =
                alice.refused(ConnectMethod.CONFIG, Requests.of(session).text(8, "seen"));

        assertThat(Door.errorClass(error)).isEqualTo("INVALID_HANDLE.SESSION_CHANGED");
    }

    /** Spark 3.5 writes the exception's class before the error's. */
    @Test
    void thatAServerHasNoSuchSessionIsReadInTheWordsOfSpark35() {
        Reply notFound = new Reply.Answered(
                GrpcStatus.INTERNAL,
                "org.apache.spark.SparkSQLException: [INVALID_HANDLE.SESSION_NOT_FOUND] The handle x is invalid. Session not found.",
                new byte[0]);
        door.spark.say(Door.A, notFound);
        door.spark.say(Door.B, notFound);
        door.fleet.check();

        assertThat(door.fleet.servers("etl")).extracting(Server::state).containsOnly(Server.State.UP);
        alice.use(ConnectMethod.CONFIG, session);
    }

    @Test
    void norHasOneThatWasCutOffBefore() {
        door.cutOff(Door.A);
        door.fail(Door.A);

        GrpcError error =
                alice.refused(ConnectMethod.CONFIG, Requests.of(session).text(8, "seen"));

        assertThat(Door.errorClass(error)).isEqualTo("INVALID_HANDLE.SESSION_CHANGED");
    }

    /** Another replica may have seen it come back, and placed sessions there. */
    @Test
    void aServerThatWasGoneIsAskedAllTheSame() {
        door.fail(Door.A);
        door.spark.recover(Door.A);
        door.spark.give(Door.A, "alice", session);

        assertThat(alice.use(ConnectMethod.CONFIG, session)).isEqualTo(Door.A);
    }

    @ParameterizedTest
    @CsvSource({"UNAUTHENTICATED,no", "INTERNAL,[OUT_OF_MEMORY] Java heap space"})
    void aServerThatDoesNotSayHoldsUpNobodyForLong(GrpcStatus status, String text) {
        door.spark.say(Door.A, new Reply.Answered(status, text, new byte[0]));

        for (int second = 0; second < 5; second++) {
            door.fleet.check();
            alice.send(ConnectMethod.RELEASE_EXECUTE, session);
            door.clock.pass(Duration.ofSeconds(1));
        }

        assertThat(alice.use(ConnectMethod.CONFIG, session)).isEqualTo(Door.B);
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
}
