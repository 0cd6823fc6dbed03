// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.session.connect;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import io.gatehouse.proxy.ErrorType;
import io.gatehouse.proxy.Upstream;
import io.gatehouse.proxy.grpc.CallInspector;
import io.gatehouse.proxy.grpc.CallInspector.Decision;
import io.gatehouse.proxy.grpc.GrpcError;
import io.gatehouse.proxy.grpc.GrpcStatus;
import io.gatehouse.proxy.grpc.RoutedCall;
import io.gatehouse.proxy.grpc.UnaryCalls.Reply;
import io.gatehouse.proxy.login.Login;
import io.gatehouse.session.Requests;
import io.gatehouse.session.Server;
import io.gatehouse.session.SessionRecord;
import io.gatehouse.session.wire.ConnectMethod;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What becomes of a session by how its calls go. */
class ConnectCallTest {
    private static final String NAMED = "0f8fad5b-d9cb-469f-a165-70867728950e";
    private static final String OTHER = "7c9e6679-7425-40de-944b-e07fc1f90ae7";

    private final Door door = new Door();
    private final Door.Client alice = door.client("alice");
    private final String session = Door.newSession();

    @Test
    void anAnswerPinsASession() {
        RoutedCall call = alice.forward(ConnectMethod.CONFIG, session);
        assertThat(record().pinned()).isFalse();

        Door.answer(call);

        assertThat(record().pinned()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "INTERNAL|[TABLE_OR_VIEW_NOT_FOUND] The table|true|true",
                "OK||true|true",
                "INTERNAL|Invalid protobuf byte sequence|true|false",
                "CANCELLED||true|false",
                "DEADLINE_EXCEEDED||true|false",
                "UNAVAILABLE|going away|false|false",
                "UNAUTHENTICATED|no token|false|false",
                "RESOURCE_EXHAUSTED|too large|false|false",
                "UNIMPLEMENTED|what|false|false"
            })
    void aStatusWithoutAnAnswerSaysWhetherThereIsASession(
            GrpcStatus status, @org.jspecify.annotations.Nullable String text, boolean kept, boolean pinned) {
        RoutedCall call = alice.forward(ConnectMethod.CONFIG, session);
        Door.pass(call, Requests.of(session));

        call.ended(status, text == null ? "" : text);

        SessionRecord record = door.record("etl", "alice", session);
        assertThat(record != null).isEqualTo(kept);
        assertThat(record != null && record.pinned()).isEqualTo(pinned);
    }

    @Test
    void aReleasedSessionMakesRoom() {
        alice.use(ConnectMethod.CONFIG, session);

        alice.use(ConnectMethod.RELEASE_SESSION, session);

        assertThat(door.record("etl", "alice", session)).isNull();
    }

    @Test
    void aSessionThatComesBackKeepsItsPlace() {
        alice.use(ConnectMethod.CONFIG, session);

        alice.use(ConnectMethod.RELEASE_SESSION, Requests.of(session).number(4, 1));

        assertThat(door.record("etl", "alice", session)).isNotNull();
    }

    @ParameterizedTest
    @CsvSource({"SESSION_NOT_FOUND", "SESSION_CLOSED", "SESSION_CHANGED"})
    void aSessionThatItsServerDoesNotHaveAnyMoreMakesRoom(String errorClass) {
        alice.use(ConnectMethod.CONFIG, session);
        RoutedCall call = alice.forward(ConnectMethod.CONFIG, session);

        call.ended(GrpcStatus.INTERNAL, "[INVALID_HANDLE." + errorClass + "] The handle");

        assertThat(door.record("etl", "alice", session)).isNull();
    }

    // ---- servers that fail ----

    @Test
    void aPlaceOnAServerThatCannotBeReachedIsGivenBackAndTheNextTryIsElsewhere() {
        // Given
        RoutedCall call = alice.forward(ConnectMethod.CONFIG, session);
        Upstream first = call.server();
        Door.pass(call, Requests.of(session));

        // When
        GrpcError error = call.failed(ErrorType.CONNECTION_REFUSED, false);

        // Then
        assertThat(error.status()).isEqualTo(GrpcStatus.UNAVAILABLE);
        assertThat(error.retryAfter()).isNotNull();
        assertThat(door.record("etl", "alice", session)).isNull();
        assertThat(alice.use(ConnectMethod.CONFIG, session)).isNotEqualTo(first);
    }

    /** The server has not looked at it (RFC 9113 section 8.7), so it may be made elsewhere. */
    @Test
    void aCallThatItsServerRefusesToTakeIsTriedAgainByItsClient() {
        for (int i = 0; i < 3; i++) {
            RoutedCall call = alice.forward(ConnectMethod.CONFIG, session);
            Door.pass(call, Requests.of(session));

            GrpcError error = call.reset(ErrorType.DESTINATION_UNAVAILABLE, GrpcStatus.UNAVAILABLE, false);

            assertThat(error.status()).isEqualTo(GrpcStatus.UNAVAILABLE);
            assertThat(error.retryAfter()).isNotNull();
            assertThat(door.record("etl", "alice", session)).isNull();
        }
        assertThat(door.fleet.servers("etl")).extracting(Server::state).containsOnly(Server.State.UP);
    }

    @Test
    void aSessionWhoseDriverIsDeadHasChangedAtOnce() {
        // Given
        Upstream server = alice.use(ConnectMethod.CONFIG, session);
        RoutedCall call =
                alice.forward(ConnectMethod.CONFIG, Requests.of(session).text(8, "seen"));

        // When
        GrpcError error = call.failed(ErrorType.CONNECTION_REFUSED, false);

        // Then
        assertThat(error.status()).isEqualTo(GrpcStatus.INTERNAL);
        assertThat(error.retryAfter()).isNull();
        assertThat(Door.errorClass(error)).isEqualTo("INVALID_HANDLE.SESSION_CHANGED");
        assertThat(door.record("etl", "alice", session)).isNull();
        assertThat(door.fleet.servers("etl"))
                .filteredOn(one -> one.upstream().equals(server))
                .extracting(Server::state)
                .containsExactly(Server.State.GONE);
    }

    @Test
    void aClientOfADeadDriverThatCannotSaySoGetsNoEmptySessionEither() {
        alice.use(ConnectMethod.CONFIG, session);

        GrpcError error =
                alice.forward(ConnectMethod.EXECUTE_PLAN, session).failed(ErrorType.CONNECTION_REFUSED, false);

        assertThat(Door.errorClass(error)).isEqualTo("INVALID_HANDLE.SESSION_CHANGED");
    }

    @Test
    void aReleaseAtADeadDriverIsNotFound() {
        alice.use(ConnectMethod.CONFIG, session);

        GrpcError error =
                alice.forward(ConnectMethod.RELEASE_EXECUTE, session).failed(ErrorType.CONNECTION_REFUSED, false);

        assertThat(Door.errorClass(error)).isEqualTo("INVALID_HANDLE.SESSION_NOT_FOUND");
    }

    @ParameterizedTest
    @EnumSource(
            names = {
                "CONNECTION_TERMINATED",
                "CONNECTION_TIMEOUT",
                "DESTINATION_UNAVAILABLE",
                "DNS_ERROR",
                "HTTP_RESPONSE_TIMEOUT"
            })
    void aSessionIsNotGivenUpForATroubleOfTheNetwork(ErrorType trouble) {
        alice.use(ConnectMethod.CONFIG, session);

        GrpcError error = alice.forward(ConnectMethod.CONFIG, session).failed(trouble, false);

        assertThat(error.status()).isEqualTo(GrpcStatus.UNAVAILABLE);
        assertThat(error.retryAfter()).isNotNull();
        assertThat(door.record("etl", "alice", session)).isNotNull();
    }

    /** Whoever sends a deadline that has passed gets as many resets as he likes. */
    @ParameterizedTest
    @EnumSource(names = {"INTERNAL", "CANCELLED", "RESOURCE_EXHAUSTED", "PERMISSION_DENIED"})
    void aCallThatItsServerBreaksOffIsNotTriedAgainAndSaysNothingOfTheServer(GrpcStatus status) {
        alice.use(ConnectMethod.CONFIG, session);
        for (int i = 0; i < 3; i++) {
            RoutedCall call = alice.forward(ConnectMethod.CONFIG, session);
            Door.pass(call, Requests.of(session));

            GrpcError error = call.reset(ErrorType.HTTP_RESPONSE_INCOMPLETE, status, false);

            assertThat(error.status()).isEqualTo(status);
            assertThat(error.type()).isEqualTo(ErrorType.HTTP_RESPONSE_INCOMPLETE);
            assertThat(error.retryAfter()).isNull();
        }
        assertThat(door.fleet.servers("etl")).extracting(Server::state).containsOnly(Server.State.UP);
        assertThat(door.record("etl", "alice", session)).isNotNull();
    }

    /** Whoever has each first call broken off by a deadline would make sessions that nobody counts. */
    @Test
    void aSessionWhoseFirstCallIsBrokenOffKeepsItsPlaceIfTheServerMayHaveMadeIt() {
        RoutedCall refused = alice.forward(ConnectMethod.CONFIG, session);
        Door.pass(refused, Requests.of(session));
        refused.reset(ErrorType.DESTINATION_UNAVAILABLE, GrpcStatus.UNAVAILABLE, false);
        assertThat(door.record("etl", "alice", session)).isNull();

        alice.forward(ConnectMethod.CONFIG, session)
                .reset(ErrorType.HTTP_RESPONSE_INCOMPLETE, GrpcStatus.INTERNAL, false);
        assertThat(door.record("etl", "alice", session)).as("nothing was sent").isNull();

        RoutedCall sent = alice.forward(ConnectMethod.CONFIG, session);
        Door.pass(sent, Requests.of(session));
        sent.reset(ErrorType.HTTP_RESPONSE_INCOMPLETE, GrpcStatus.CANCELLED, false);
        assertThat(door.record("etl", "alice", session)).isNotNull();
    }

    @Test
    void anAnswerThatBreaksOffIsTakenUpAgain() {
        RoutedCall call = alice.forward(ConnectMethod.EXECUTE_PLAN, session);
        Door.answer(call);

        GrpcError error = call.failed(ErrorType.CONNECTION_REFUSED, true);

        assertThat(error.status()).isEqualTo(GrpcStatus.UNAVAILABLE);
        assertThat(record().pinned()).isTrue();
    }

    // ---- what a server calls a session ----

    @Test
    void aClientThatDoesNotSayWhatItHasSeenHasItSaidForIt() throws Exception {
        // Given
        RoutedCall first = alice.forward(ConnectMethod.EXECUTE_PLAN, session);
        assertThat(observed(first, Requests.of(session))).isEmpty();

        // When
        Door.answer(first, Requests.of(session).bytes(2, 1000).text(15, NAMED));
        first.ended(GrpcStatus.OK, "");

        // Then
        assertThat(observed(alice.forward(ConnectMethod.EXECUTE_PLAN, session), Requests.of(session)))
                .containsExactly(NAMED);
    }

    @Test
    void oneThatSaysItSpeaksForItself() throws Exception {
        named();
        Requests request = Requests.of(session).text(8, "theirs");

        assertThat(observed(alice.forward(ConnectMethod.EXECUTE_PLAN, request), request))
                .containsExactly("theirs");
    }

    @Test
    void aSessionThatComesBackAfterItsReleaseIsAnother() throws Exception {
        named();

        alice.use(ConnectMethod.RELEASE_SESSION, Requests.of(session).number(4, 1));

        assertThat(observed(alice.forward(ConnectMethod.EXECUTE_PLAN, session), Requests.of(session)))
                .isEmpty();
    }

    @ParameterizedTest
    @EnumSource(names = {"CONFIG", "RELEASE_EXECUTE"})
    void whatIsSaidOfASessionThatWasIsNotTrueOfTheOneThatCameAfterIt(ConnectMethod method) {
        // Given
        named();
        RoutedCall late = alice.forward(method, session);
        alice.use(ConnectMethod.RELEASE_SESSION, Requests.of(session).number(4, 1));
        RoutedCall next = alice.forward(ConnectMethod.CONFIG, session);
        Door.answer(next, Requests.of(session).text(4, OTHER));

        // When
        late.ended(GrpcStatus.INTERNAL, "[INVALID_HANDLE.SESSION_CHANGED] The handle");

        // Then
        assertThat(record().serverSideId()).isEqualTo(OTHER);
    }

    @Test
    void whatAServerThatWasStartedAnewRefusesUnseenIsToldWithTheNextCall() {
        named();
        RoutedCall unseen = alice.forward(ConnectMethod.RELEASE_EXECUTE, session);

        unseen.ended(GrpcStatus.INTERNAL, "[INVALID_HANDLE.SESSION_CHANGED] The handle");

        assertThat(Door.errorClass(alice.refused(ConnectMethod.CONFIG, session)))
                .isEqualTo("INVALID_HANDLE.SESSION_CHANGED");
        assertThat(door.record("etl", "alice", session)).isNull();
    }

    @Test
    void aCallThatFailsUnseenAtADeadDriverLeavesTheNewsToTheNext() {
        alice.use(ConnectMethod.CONFIG, session);
        alice.forward(ConnectMethod.RELEASE_EXECUTE, session).failed(ErrorType.CONNECTION_REFUSED, false);

        assertThat(Door.errorClass(alice.refused(ConnectMethod.CONFIG, session)))
                .isEqualTo("INVALID_HANDLE.SESSION_CHANGED");
        alice.use(ConnectMethod.CONFIG, session);
    }

    @Test
    void soDoesOneOfWhichTheServerKnowsNothing() {
        alice.use(ConnectMethod.CONFIG, session);
        alice.forward(ConnectMethod.REATTACH_EXECUTE, session)
                .ended(GrpcStatus.INTERNAL, "[INVALID_HANDLE.SESSION_NOT_FOUND] The handle");

        assertThat(door.count("etl", "alice")).as("it takes no place").isZero();
        assertThat(Door.errorClass(alice.refused(ConnectMethod.EXECUTE_PLAN, session)))
                .isEqualTo("INVALID_HANDLE.SESSION_CHANGED");
    }

    /** The first call of a session was lost on its way: PySpark asks for its answer, and sends it again. */
    @Test
    void aPlaceWithoutASessionIsNotLost() {
        RoutedCall lost = alice.forward(ConnectMethod.EXECUTE_PLAN, session);
        Door.pass(lost, Requests.of(session));
        lost.cancelled();

        alice.forward(ConnectMethod.REATTACH_EXECUTE, session)
                .ended(GrpcStatus.INTERNAL, "[INVALID_HANDLE.SESSION_NOT_FOUND] The handle");

        alice.use(ConnectMethod.EXECUTE_PLAN, session);
    }

    private void named() {
        RoutedCall first = alice.forward(ConnectMethod.CONFIG, session);
        Door.answer(first, Requests.of(session).text(4, NAMED));
        first.ended(GrpcStatus.OK, "");
        assertThat(record().serverSideId()).isEqualTo(NAMED);
    }

    /** What goes to the server as {@code client_observed_server_side_session_id} of an ExecutePlan. */
    private static List<String> observed(RoutedCall call, Requests request) throws Exception {
        byte[] sent = Door.pass(call, request);
        return UnknownFieldSet.parseFrom(Arrays.copyOfRange(sent, 5, sent.length))
                .getField(8)
                .getLengthDelimitedList()
                .stream()
                .map(ByteString::toStringUtf8)
                .toList();
    }

    // ---- clients that go away ----

    @Test
    void aPlaceThatNothingWasSentToIsGivenBack() {
        alice.forward(ConnectMethod.CONFIG, session).cancelled();

        assertThat(door.record("etl", "alice", session)).isNull();
    }

    @Test
    void aPlaceThatAMessageWentToIsKept() {
        RoutedCall call = alice.forward(ConnectMethod.CONFIG, session);
        Door.pass(call, Requests.of(session));

        call.cancelled();

        assertThat(door.record("etl", "alice", session)).isNotNull();
    }

    @Test
    void aPlaceThatAnotherCallIsOnItsWayToIsKept() {
        RoutedCall first = alice.forward(ConnectMethod.CONFIG, session);
        RoutedCall second = alice.forward(ConnectMethod.CONFIG, session);

        first.cancelled();
        assertThat(door.record("etl", "alice", session)).isNotNull();
        second.cancelled();
        assertThat(door.record("etl", "alice", session)).isNull();
    }

    @Test
    void whatIsCancelledTwiceCountsOnce() {
        RoutedCall first = alice.forward(ConnectMethod.CONFIG, session);
        alice.forward(ConnectMethod.CONFIG, session);

        first.cancelled();
        first.cancelled();

        assertThat(door.record("etl", "alice", session)).isNotNull();
    }

    @Test
    void aClientThatLeavesBeforeTheDecisionLeavesNoClaim() {
        // Given
        CompletableFuture<Login> pending = door.logins.hold();
        CallInspector inspector = alice.begin(ConnectMethod.CONFIG.path());
        var decision = Door.Client.inspect(inspector, Requests.of(session));

        // When
        inspector.cancelled();
        pending.complete(door.logins.grant("alice"));

        // Then
        assertThat(Door.settled(decision)).isNotNull();
        assertThat(door.record("etl", "alice", session)).isNull();
    }

    @Test
    void aClientThatLeavesWhileASessionIsSoughtLeavesNoClaim() {
        // Given
        var answer = door.spark.hang(Door.A);
        CallInspector inspector = alice.begin(ConnectMethod.CONFIG.path());
        var decision = Door.Client.inspect(inspector, Requests.of(session));

        // When
        inspector.cancelled();
        answer.complete(
                new Reply.Answered(GrpcStatus.INTERNAL, "[INVALID_HANDLE.SESSION_NOT_FOUND] The handle", new byte[0]));

        // Then
        assertThat(Door.settled(decision)).isInstanceOf(Decision.Forward.class);
        assertThat(door.record("etl", "alice", session)).isNull();
    }

    @Test
    void aRequestThatIsNoneGivesItsPlaceBack() {
        RoutedCall call = alice.forward(ConnectMethod.CONFIG, session);
        byte[] request = Requests.of(session).framed();

        GrpcError error =
                call.request(Unpooled.copiedBuffer(Arrays.copyOf(request, request.length - 1)), true, ByteBuf::release);

        assertThat(error)
                .isNotNull()
                .satisfies(refused -> assertThat(refused.status()).isEqualTo(GrpcStatus.INVALID_ARGUMENT));
        assertThat(door.record("etl", "alice", session)).isNull();
    }

    // ---- use ----

    /** Defect 12: short calls did not count. */
    @Test
    void everyCallCountsAsUseWithOneWriteAMinute() {
        alice.use(ConnectMethod.CONFIG, session);
        SessionRecord before = record();

        door.clock.pass(Duration.ofSeconds(59));
        alice.use(ConnectMethod.CONFIG, session);
        assertThat(record()).isEqualTo(before);

        door.clock.pass(Duration.ofSeconds(1));
        alice.use(ConnectMethod.CONFIG, session);
        assertThat(record().lastActivity()).isEqualTo(door.clock.instant());
        assertThat(record().createdAt()).isEqualTo(before.createdAt());
    }

    @Test
    void aCallThatTakesHoursIsUseAllThatTime() {
        RoutedCall call = alice.forward(ConnectMethod.EXECUTE_PLAN, session);
        Door.answer(call);

        for (int minute = 0; minute < 180; minute++) {
            door.clock.pass(Duration.ofMinutes(1));
            door.router.tick();
        }
        Instant during = record().lastActivity();
        call.ended(GrpcStatus.OK, "");
        door.clock.pass(Duration.ofMinutes(5));
        door.router.tick();

        assertThat(during).isEqualTo(door.clock.instant().minus(Duration.ofMinutes(5)));
        assertThat(record().lastActivity()).as("nobody uses it any more").isEqualTo(during);
    }

    // ---- clones ----

    @Test
    void aCloneIsKnownBeforeItsAnswerAndStaysWithItsSession() throws Exception {
        // Given
        String copy = Door.newSession();
        Upstream server = alice.use(ConnectMethod.CONFIG, session);

        // When
        RoutedCall call =
                alice.forward(ConnectMethod.CLONE_SESSION, Requests.of(session).text(4, copy));
        assertThat(door.record("etl", "alice", copy)).isNotNull();
        Door.pass(call, Requests.of(session).text(4, copy));
        Door.answer(call);
        call.ended(GrpcStatus.OK, "");

        // Then
        assertThat(alice.use(ConnectMethod.CONFIG, copy)).isEqualTo(server);
        assertThat(door.record("etl", "alice", copy))
                .isNotNull()
                .satisfies(record -> assertThat(record.pinned()).isTrue());
    }

    @Test
    void whereTheClientLeavesTheCopysNameOpenItIsOurs() throws Exception {
        alice.use(ConnectMethod.CONFIG, session);
        RoutedCall call = alice.forward(ConnectMethod.CLONE_SESSION, session);

        byte[] sent = Door.pass(call, Requests.of(session));
        Door.answer(call);
        call.ended(GrpcStatus.OK, "");

        String copy = UnknownFieldSet.parseFrom(Arrays.copyOfRange(sent, 5, sent.length))
                .getField(4)
                .getLengthDelimitedList()
                .get(0)
                .toStringUtf8();
        assertThat(door.record("etl", "alice", copy)).isNotNull();
    }

    @Test
    void aCloneThatFailsLeavesNoClaim() {
        alice.use(ConnectMethod.CONFIG, session);

        alice.forward(ConnectMethod.CLONE_SESSION, session).ended(GrpcStatus.INTERNAL, "[CLONE] no");
        alice.forward(ConnectMethod.CLONE_SESSION, session).cancelled();
        alice.forward(ConnectMethod.CLONE_SESSION, session).failed(ErrorType.CONNECTION_TERMINATED, false);

        assertThat(door.count("etl", "alice")).isEqualTo(1);
    }

    @Test
    void aCloneCountsAsASession() {
        for (int i = 0; i < 2; i++) {
            alice.use(ConnectMethod.CONFIG, Door.newSession());
        }
        alice.use(ConnectMethod.CONFIG, session);

        assertThat(alice.refused(ConnectMethod.CLONE_SESSION, session).status())
                .isEqualTo(GrpcStatus.RESOURCE_EXHAUSTED);
    }

    @Test
    void aCopysNameIsAUuidThatNobodyHas() {
        alice.use(ConnectMethod.CONFIG, session);

        assertThat(Door.errorClass(alice.refused(
                        ConnectMethod.CLONE_SESSION, Requests.of(session).text(4, "zz"))))
                .isEqualTo("INVALID_CLONE_SESSION_REQUEST.TARGET_SESSION_ID_FORMAT");
        assertThat(Door.errorClass(alice.refused(
                        ConnectMethod.CLONE_SESSION, Requests.of(session).text(4, session))))
                .isEqualTo("INVALID_CLONE_SESSION_REQUEST.TARGET_SESSION_ID_ALREADY_EXISTS");
    }

    // ---- resuming ----

    @Test
    void onlyWhatItsClientTakesUpAgainIsResumable() {
        RoutedCall reattach = alice.forward(ConnectMethod.CONFIG, session);
        Door.answer(reattach);
        RoutedCall plain = alice.forward(ConnectMethod.EXECUTE_PLAN, session);
        RoutedCall resumable = alice.forward(ConnectMethod.EXECUTE_PLAN, session);
        Door.pass(plain, Requests.of(session));
        Door.pass(resumable, Requests.of(session).bytes(3, 50_000).reattachable());

        assertThat(reattach.isResumable()).isFalse();
        assertThat(plain.isResumable()).isFalse();
        assertThat(resumable.isResumable()).isTrue();
        assertThat(alice.forward(ConnectMethod.REATTACH_EXECUTE, session).isResumable())
                .isTrue();
    }

    private SessionRecord record() {
        SessionRecord record = door.record("etl", "alice", session);
        assertThat(record).isNotNull();
        return record;
    }
}
