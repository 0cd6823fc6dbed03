// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.session.connect;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.proxy.ErrorType;
import io.gatehouse.proxy.Upstream;
import io.gatehouse.proxy.grpc.CallInspector.Decision;
import io.gatehouse.proxy.grpc.GrpcError;
import io.gatehouse.proxy.grpc.GrpcStatus;
import io.gatehouse.proxy.grpc.UnaryCalls.Reply;
import io.gatehouse.session.wire.ConnectMethod;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What becomes of sessions whose server was away, and may have been started anew. */
class ReturningServersTest {
    private final Door door = new Door();
    private final Door.Client alice = door.client("alice");
    private final String session = Door.newSession();

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
        door.cutOff(server);

        // When
        GrpcError error = alice.refused(ConnectMethod.CONFIG, session);

        // Then
        assertThat(error.status()).isEqualTo(GrpcStatus.UNAVAILABLE);
        assertThat(error.retryAfter()).isNotNull();
        door.recover(server);
        assertThat(alice.use(ConnectMethod.CONFIG, session)).isEqualTo(server);
    }

    /** It was away for a moment, and has then ended for good. */
    @Test
    void aSessionWhoseServerIsGoneEndsAtOnceWhateverLifeItWasOf() {
        // Given
        Upstream server = alice.use(ConnectMethod.CONFIG, session);
        door.restart(server);
        door.fail(server);

        // When / Then
        assertThat(Door.errorClass(alice.refused(ConnectMethod.CONFIG, session)))
                .isEqualTo("INVALID_HANDLE.SESSION_CHANGED");
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
        door.cutOff(Door.A);

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
}
