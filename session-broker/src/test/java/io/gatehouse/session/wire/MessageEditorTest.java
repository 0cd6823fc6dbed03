// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.session.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import io.gatehouse.proxy.grpc.GrpcStatus;
import io.gatehouse.session.Requests;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MessageEditorTest {
    private static final String SESSION = WireOracle.SESSION;
    private static final byte[] SUFFIX = Messages.suffix(SESSION, "alice", "");

    @Test
    void noPasswordGoesToTheServer() {
        byte[] request = Requests.of(SESSION)
                .user("YWxpY2U6c2VjcmV0")
                .user("alice:secret")
                .text(3, "plan")
                .framed();

        for (int cut = 0; cut <= request.length; cut++) {
            String wire = new String(
                    WireOracle.edit(ConnectMethod.CONFIG, request, cut).wire(), StandardCharsets.ISO_8859_1);
            assertThat(wire).doesNotContain("YWxp", "secret", "alice:").contains("plan");
        }
    }

    /** The attack that an appended identity alone does not withstand: the last field swallows it. */
    @Test
    void aTailThatSwallowsWhatIsAppendedIsNotPassedOn() throws InvalidProtocolBufferException {
        // Given
        byte[] victim =
                Requests.of("ffffffff-ffff-ffff-ffff-ffffffffffff").user("bob").message();
        byte[] suffix = Messages.suffix(WireOracle.SESSION, WireOracle.USER, "");
        ByteBuf crafted = Unpooled.buffer().writeBytes(victim).writeByte(0x7a).writeByte(suffix.length);
        byte[] message = ByteBufUtil.getBytes(crafted);
        ByteBuf naive = Unpooled.wrappedBuffer(message, suffix);
        assertThat(UnknownFieldSet.parseFrom(ByteBufUtil.getBytes(naive))
                        .getField(1)
                        .getLengthDelimitedList())
                .as("what Spark would read")
                .hasSize(1);

        // When
        WireOracle.Edited edited = WireOracle.edit(ConnectMethod.CONFIG, Requests.framed(message));

        // Then
        assertThat(edited.violation())
                .isNotNull()
                .satisfies(refused -> assertThat(refused.error().status()).isEqualTo(GrpcStatus.INVALID_ARGUMENT));
        assertThat(WireOracle.messages(edited.wire())).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0801", // session_id as a number
                "0d00000000", // session_id of four bytes
                "1001", // user_context as a number
                "110000000000000000", // user_context of eight bytes
                "12020801", // user_id as a number
                "12050d00000000", // user_id of four bytes
                "12021001", // user_name as a number
                "0b0c", // a group
                "07", // no wire type
                "02", // field 0
                "0200", // field 0 with a value
                "8a8080808000", // a tag of six bytes
                "ffffffff7f00", // a tag of more than 32 bits
                "1affffffff7f", // a length of more than 31 bits
                "18ffffffffffffffffffff01", // a number of eleven bytes
                "12030a0561", // a user_id that is longer than its user_context
                "12020a", // a user_context that is longer than its message
                "12010a", // a user_context that ends in a tag
                "1205120a", // the same, further in
                "1a05", // a field that is longer than the message
                "9a", // a tag that does not end
            })
    void whatIsNoMessageIsRefusedAtAnyCut(String hex) {
        byte[] message = java.util.HexFormat.of().parseHex(hex);
        byte[] request = Requests.framed(message);

        for (int cut = 0; cut <= request.length; cut++) {
            WireOracle.Edited edited = WireOracle.edit(ConnectMethod.EXECUTE_PLAN, request, cut);
            assertThat(edited.violation()).as("cut at %d", cut).isNotNull();
            assertThat(WireOracle.messages(edited.wire())).isEmpty();
        }
    }

    @Test
    void aRequestThatEndsInsideAMessageIsRefused() {
        byte[] request = Requests.of(SESSION).user("alice").framed();

        for (int end = 1; end < request.length; end++) {
            byte[] part = java.util.Arrays.copyOf(request, end);
            assertThat(WireOracle.edit(ConnectMethod.CONFIG, part).violation())
                    .as("end at %d", end)
                    .isNotNull();
        }
    }

    @Test
    void aLaterMessageIsHeldToTheSameRules() {
        byte[] good = Requests.of(SESSION).user("alice").framed();
        byte[] compressed = good.clone();
        compressed[0] = 1;

        assertThatThrownBy(() -> {
                    MessageEditor editor = new MessageEditor(ConnectMethod.ADD_ARTIFACTS, SUFFIX);
                    editor.edit(Unpooled.copiedBuffer(good), false, ByteBuf::release);
                    assertThat(editor.messages()).isEqualTo(1);
                    editor.edit(Unpooled.copiedBuffer(compressed), true, ByteBuf::release);
                })
                .isInstanceOf(CallViolation.class);
    }

    @Test
    void aLargeMessagePassesInSlicesOfWhatCame() throws CallViolation {
        // Given
        byte[] request = Requests.of(SESSION)
                .user("alice")
                .bytes(3, 1 << 20)
                .text(8, "seen")
                .framed();
        MessageEditor editor = new MessageEditor(ConnectMethod.EXECUTE_PLAN, SUFFIX);
        List<ByteBuf> out = new ArrayList<>();

        // When
        int piece = 16_384;
        for (int from = 0; from < request.length; from += piece) {
            int count = Math.min(piece, request.length - from);
            ByteBuf bytes = Unpooled.copiedBuffer(request, from, count);
            int before = out.size();
            editor.edit(bytes, from + count == request.length, out::add);
            // Then
            assertThat(out.get(before).array()).isSameAs(bytes.array());
            assertThat(out.size() - before).isEqualTo(from + count == request.length ? 2 : 1);
        }
        out.forEach(ByteBuf::release);
    }

    @Test
    void aClonesNewSessionIsTheOneThatWasClaimed() throws CallViolation, InvalidProtocolBufferException {
        String copy = "11111111-1111-1111-1111-111111111111";
        MessageEditor editor = new MessageEditor(ConnectMethod.CLONE_SESSION, Messages.suffix(SESSION, "alice", copy));
        ByteBuf all = Unpooled.buffer();
        editor.edit(Unpooled.copiedBuffer(Requests.of(SESSION).text(4, "other").framed()), true, part -> {
            all.writeBytes(part);
            part.release();
        });

        var newSession = UnknownFieldSet.parseFrom(
                        WireOracle.messages(ByteBufUtil.getBytes(all)).get(0))
                .getField(4);
        assertThat(newSession.getLengthDelimitedList().get(1).toStringUtf8()).isEqualTo(copy);
    }

    @Test
    void thatAnAnswerCanBeResumedIsSeenBehindThePlan() throws CallViolation {
        byte[] request = Requests.of(SESSION).bytes(3, 100_000).reattachable().framed();

        assertThat(reattachable(ConnectMethod.EXECUTE_PLAN, request)).isTrue();
        assertThat(reattachable(ConnectMethod.ANALYZE_PLAN, request)).isFalse();
        assertThat(reattachable(
                        ConnectMethod.EXECUTE_PLAN,
                        Requests.of(SESSION).bytes(3, 9).framed()))
                .isFalse();
    }

    private static boolean reattachable(ConnectMethod method, byte[] request) throws CallViolation {
        MessageEditor editor = new MessageEditor(method, SUFFIX);
        editor.edit(Unpooled.copiedBuffer(request), true, ByteBuf::release);
        return editor.isReattachable();
    }
}
