// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.session.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.proxy.grpc.GrpcStatus;
import io.gatehouse.session.Requests;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class KeyReaderTest {
    private static final String SESSION = WireOracle.SESSION;
    private static final int LARGE = 100_000;

    @Test
    void sessionAndUserAreReadAtAnyCut() throws CallViolation {
        byte[] request = Requests.of(SESSION).user("alice").text(3, "plan").framed();

        for (int cut = 0; cut <= request.length; cut++) {
            CallKey key = read(ConnectMethod.EXECUTE_PLAN, true, true, request, cut);
            assertThat(key).isEqualTo(new CallKey(SESSION, "alice", false, true, "", false));
        }
    }

    @Test
    void theRestOfALargeMessageIsNotWaitedFor() throws CallViolation {
        byte[] request = Requests.of(SESSION).user("alice").bytes(3, LARGE).framed();

        CallKey key = read(ConnectMethod.EXECUTE_PLAN, true, false, Arrays.copyOf(request, 20_000), 1_000);

        assertThat(key).isNotNull();
        assertThat(key.userId()).isEqualTo("alice");
        assertThat(key.whole()).isFalse();
        assertThat(key.mayHaveObserved()).isTrue();
    }

    @Test
    void fieldsMayComeInAnyOrder() throws CallViolation {
        byte[] message =
                concatenated(Requests.of(SESSION).message(), new byte[0], new byte[] {0x1a, 2, 9, 9}, new byte[0]);
        byte[] user = Arrays.copyOfRange(
                Requests.of("").user("alice").message(),
                2,
                Requests.of("").user("alice").message().length);

        CallKey key =
                read(ConnectMethod.CONFIG, true, true, Requests.framed(concatenated(user, message, new byte[0])), 7);

        assertThat(key).isEqualTo(new CallKey(SESSION, "alice", false, true, "", false));
    }

    @Test
    void ofSeveralSessionsTheFirstCounts() throws CallViolation {
        String other = "ffffffff-ffff-ffff-ffff-ffffffffffff";
        byte[] request = Requests.framed(
                concatenated(Requests.of(SESSION).message(), Requests.of(other).message()));

        assertThat(read(ConnectMethod.CONFIG, false, true, request, 3))
                .isNotNull()
                .satisfies(key -> assertThat(key.sessionId()).isEqualTo(SESSION));
    }

    @ParameterizedTest
    @CsvSource({
        "EXECUTE_PLAN,8",
        "ANALYZE_PLAN,17",
        "CONFIG,8",
        "ADD_ARTIFACTS,7",
        "ARTIFACT_STATUS,5",
        "INTERRUPT,7",
        "REATTACH_EXECUTE,6",
        "RELEASE_EXECUTE,7",
        "FETCH_ERROR_DETAILS,5",
        "CLONE_SESSION,5",
        "GET_STATUS,4"
    })
    void thatTheClientHasSeenTheSessionStandsInAnotherFieldOfEachMethod(ConnectMethod method, int field)
            throws CallViolation {
        byte[] seen = Requests.of(SESSION).text(field, SESSION).framed();
        byte[] unseen = Requests.of(SESSION).text(field + 1, SESSION).framed();

        assertThat(key(method, seen).observed()).isTrue();
        assertThat(key(method, unseen).observed()).isFalse();
    }

    @Test
    void aReleaseHasNoSuchField() throws CallViolation {
        assertThat(key(
                                ConnectMethod.RELEASE_SESSION,
                                Requests.of(SESSION).text(4, "x").text(5, "x").framed())
                        .observed())
                .isFalse();
    }

    @Test
    void aCloneNamesItsCopyAndAReleaseSaysWhetherItComesBack() throws CallViolation {
        assertThat(key(
                                ConnectMethod.CLONE_SESSION,
                                Requests.of(SESSION).text(4, "copy").framed())
                        .newSessionId())
                .isEqualTo("copy");
        assertThat(key(
                                ConnectMethod.RELEASE_SESSION,
                                Requests.of(SESSION).number(4, 1).framed())
                        .allowReconnect())
                .isTrue();
        assertThat(key(
                                ConnectMethod.RELEASE_SESSION,
                                Requests.of(SESSION).number(4, 0).framed())
                        .allowReconnect())
                .isFalse();
    }

    @Test
    void aMessageWithoutAUserIsLegal() throws CallViolation {
        CallKey key =
                read(ConnectMethod.CONFIG, true, true, Requests.of(SESSION).framed(), 0);

        assertThat(key).isEqualTo(new CallKey(SESSION, "", false, true, "", false));
    }

    @Test
    void aSessionThatComesTooLateIsRefused() {
        byte[] late = Requests.framed(concatenated(
                Arrays.copyOfRange(Requests.of("").bytes(3, LARGE).message(), 2, LARGE + 6),
                Requests.of(SESSION).message()));

        assertThatThrownBy(() -> read(ConnectMethod.CONFIG, false, true, late, 9))
                .isInstanceOf(CallViolation.class)
                .hasMessageContaining("first 16384 bytes");
    }

    @Test
    void aUserWhoIsWantedAndComesTooLateIsRefused() {
        byte[] request = Requests.of(SESSION).bytes(3, LARGE).framed();

        assertThatThrownBy(() -> read(ConnectMethod.CONFIG, true, true, request, 9))
                .isInstanceOf(CallViolation.class);
    }

    @Test
    void aUserWhoIsNotWantedMayComeLate() throws CallViolation {
        byte[] request = Requests.of(SESSION).bytes(3, LARGE).framed();

        assertThat(read(ConnectMethod.CONFIG, false, true, request, 9)).isNotNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "nope",
                "1-1-1-1-1",
                "00112233-4455-6677-8899-aabbccddeefg",
                "00112233 4455-6677-8899-aabbccddeeff"
            })
    void whatIsNoUuidIsRefusedInSparksWords(String sessionId) {
        assertThatThrownBy(() -> read(
                        ConnectMethod.CONFIG,
                        false,
                        true,
                        Requests.of(sessionId).framed(),
                        5))
                .isInstanceOfSatisfying(CallViolation.class, refused -> {
                    assertThat(refused.error().status()).isEqualTo(GrpcStatus.INTERNAL);
                    assertThat(refused.error().info())
                            .isNotNull()
                            .satisfies(info -> assertThat(info.metadata())
                                    .containsEntry("errorClass", "INVALID_HANDLE.FORMAT")
                                    .containsEntry("sqlState", "HY000"));
                });
    }

    @Test
    void aSessionIdOfTheWrongTypeIsNone() {
        assertThatThrownBy(() -> read(ConnectMethod.CONFIG, false, true, Requests.framed(new byte[] {8, 1}), 0))
                .isInstanceOf(CallViolation.class);
    }

    @Test
    void aCompressedMessageIsNotTaken() {
        byte[] request = Requests.of(SESSION).framed();
        request[0] = 1;

        assertThatThrownBy(() -> read(ConnectMethod.CONFIG, false, true, request, 2))
                .isInstanceOfSatisfying(
                        CallViolation.class,
                        refused -> assertThat(refused.error().status()).isEqualTo(GrpcStatus.UNIMPLEMENTED));
    }

    @ParameterizedTest
    @ValueSource(ints = {(128 << 20) + 1, Integer.MAX_VALUE, Integer.MIN_VALUE, -1})
    void aMessageThatIsTooLongIsRefusedByItsHeadAlone(int length) {
        byte[] head =
                java.nio.ByteBuffer.allocate(5).put((byte) 0).putInt(length).array();

        assertThatThrownBy(() -> read(ConnectMethod.CONFIG, false, false, head, 2))
                .isInstanceOfSatisfying(
                        CallViolation.class,
                        refused -> assertThat(refused.error().status()).isEqualTo(GrpcStatus.RESOURCE_EXHAUSTED));
    }

    @Test
    void aRequestThatEndsInItsFirstMessageIsRefused() {
        byte[] request = Requests.of(SESSION).user("alice").framed();

        for (int end = 0; end < request.length; end++) {
            byte[] part = Arrays.copyOf(request, end);
            assertThatThrownBy(() -> read(ConnectMethod.CONFIG, false, true, part, 0))
                    .isInstanceOf(CallViolation.class);
        }
    }

    @Test
    void theBytesAreLeftAsTheyAre() throws CallViolation {
        byte[] request = Requests.of(SESSION).user("alice:secret").framed();
        ByteBuf bytes = Unpooled.wrappedBuffer(request.clone());

        new KeyReader(ConnectMethod.CONFIG, true).read(bytes, true);

        assertThat(bytes).isEqualTo(Unpooled.wrappedBuffer(request));
        assertThat(bytes.readerIndex()).isZero();
        assertThat(bytes.refCnt()).isEqualTo(1);
        bytes.release();
    }

    @ParameterizedTest
    @EnumSource
    void aPathIsThatOfItsMethodOnly(ConnectMethod method) {
        assertThat(ConnectMethod.of(method.path())).isEqualTo(method);
        assertThat(ConnectMethod.of(method.path() + "x")).isNull();
        assertThat(ConnectMethod.of("/spark.connect.Other/" + method.methodName()))
                .isNull();
    }

    @Test
    void onlyFourMethodsGiveASessionItsServer() {
        assertThat(ConnectMethod.values())
                .filteredOn(ConnectMethod::binds)
                .containsExactly(
                        ConnectMethod.EXECUTE_PLAN,
                        ConnectMethod.ANALYZE_PLAN,
                        ConnectMethod.CONFIG,
                        ConnectMethod.ADD_ARTIFACTS);
    }

    private static CallKey key(ConnectMethod method, byte[] request) throws CallViolation {
        CallKey key = read(method, false, true, request, 5);
        assertThat(key).isNotNull();
        return key;
    }

    private static @Nullable CallKey read(
            ConnectMethod method, boolean userWanted, boolean end, byte[] request, int cut) throws CallViolation {
        KeyReader reader = new KeyReader(method, userWanted);
        CallKey first = reader.read(Unpooled.wrappedBuffer(request, 0, cut), end && cut == request.length);
        return first != null || cut == request.length
                ? first
                : reader.read(Unpooled.wrappedBuffer(request, cut, request.length - cut), end);
    }

    private static byte[] concatenated(byte[]... parts) {
        ByteBuf all = Unpooled.wrappedBuffer(parts);
        byte[] bytes = new byte[all.readableBytes()];
        all.readBytes(bytes);
        return bytes;
    }
}
