// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.session.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Checks what becomes of a request against protobuf-java, which is what a Spark server reads it with. */
final class WireOracle {
    static final String SESSION = "00112233-4455-6677-8899-aabbccddeeff";
    static final String USER = "verified";
    private static final byte[] SUFFIX = Messages.suffix(SESSION, USER, "");

    /** How a request came out: what the server got, and whether it was refused. */
    record Edited(byte[] wire, @Nullable CallViolation violation) {}

    private WireOracle() {}

    /** Passes a request through the editor, cut before each of the given places. */
    static Edited edit(ConnectMethod method, byte[] request, int... cuts) {
        MessageEditor editor = new MessageEditor(method, SUFFIX);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int from = 0;
        try {
            for (int cut : cuts) {
                pass(editor, request, from, cut, false, out);
                from = cut;
            }
            pass(editor, request, from, request.length, true, out);
            return new Edited(out.toByteArray(), null);
        } catch (CallViolation violation) {
            return new Edited(out.toByteArray(), violation);
        }
    }

    private static void pass(
            MessageEditor editor, byte[] request, int from, int to, boolean end, ByteArrayOutputStream out)
            throws CallViolation {
        ByteBuf bytes = Unpooled.buffer(to - from + 1).writeBytes(request, from, to - from);
        try {
            editor.edit(bytes, end, part -> {
                out.writeBytes(ByteBufUtil.getBytes(part));
                part.release();
            });
        } finally {
            assertThat(bytes.refCnt()).as("the editor owns what it is given").isZero();
        }
    }

    /** A message with the frame before it. */
    static byte[] framed(byte[]... messages) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] message : messages) {
            out.write(0);
            out.writeBytes(ByteBuffer.allocate(4).putInt(message.length).array());
            out.writeBytes(message);
        }
        return out.toByteArray();
    }

    /** The whole messages of a stream, as far as there are any: what a server looks at. */
    static List<byte[]> messages(byte[] wire) {
        List<byte[]> messages = new ArrayList<>();
        ByteBuffer in = ByteBuffer.wrap(wire);
        while (in.remaining() >= 5) {
            in.get();
            int length = in.getInt();
            // Unsigned on the wire: from 2 GiB on it comes out negative.
            if (length < 0 || length > in.remaining()) {
                break;
            }
            byte[] message = new byte[length];
            in.get(message);
            messages.add(message);
        }
        return messages;
    }

    /**
     * Every message that the server has whole says what was verified, whatever the request; and where the request was taken, says besides
     * what it said before.
     */
    static void check(ConnectMethod method, byte[] request, int... cuts) throws InvalidProtocolBufferException {
        Edited edited = edit(method, request, cuts);
        List<byte[]> before = messages(request);
        List<byte[]> after = messages(edited.wire());
        if (edited.violation() == null) {
            assertThat(after).hasSameSizeAs(before);
        }
        for (int i = 0; i < after.size(); i++) {
            UnknownFieldSet read = UnknownFieldSet.parseFrom(after.get(i));
            assertThat(last(read, 1)).isEqualTo(ByteString.copyFromUtf8(SESSION));
            UnknownFieldSet user = merged(read);
            assertThat(last(user, 1)).isEqualTo(ByteString.copyFromUtf8(USER));
            assertThat(last(user, 2)).isEqualTo(ByteString.copyFromUtf8(USER));
            checkRest(UnknownFieldSet.parseFrom(before.get(i)), read);
        }
    }

    /**
     * What a request is routed by is the same at every cut; and where the request passes, its session is the first that protobuf-java finds
     * in it.
     */
    static void checkKey(ConnectMethod method, byte[] request, int cut) throws InvalidProtocolBufferException {
        CallKey whole = key(method, request, request.length);
        assertThat(key(method, request, cut)).isEqualTo(whole);
        if (whole != null && edit(method, request).violation() == null) {
            UnknownFieldSet read = UnknownFieldSet.parseFrom(messages(request).get(0));
            assertThat(read.getField(1).getLengthDelimitedList().get(0).toStringUtf8())
                    .isEqualTo(whole.sessionId());
        }
    }

    private static @Nullable CallKey key(ConnectMethod method, byte[] request, int cut) {
        KeyReader reader = new KeyReader(method, true);
        try {
            CallKey first = reader.read(Unpooled.wrappedBuffer(request, 0, cut), cut == request.length);
            return first != null || cut == request.length
                    ? first
                    : reader.read(Unpooled.wrappedBuffer(request, cut, request.length - cut), true);
        } catch (CallViolation refused) {
            return null;
        }
    }

    private static void checkRest(UnknownFieldSet before, UnknownFieldSet after) {
        assertThat(without(after, 1, 2)).isEqualTo(without(before, 1, 2));
        UnknownFieldSet userBefore = merged(before);
        UnknownFieldSet userAfter = merged(after);
        assertThat(without(userAfter, 1, 2)).isEqualTo(without(userBefore, 1, 2));
        for (int field = 1; field <= 2; field++) {
            List<ByteString> shown = userBefore.getField(field).getLengthDelimitedList();
            List<ByteString> left = userAfter.getField(field).getLengthDelimitedList();
            assertThat(left).hasSize(shown.size() + 1);
            for (int i = 0; i < shown.size(); i++) {
                assertThat(left.get(i).toStringUtf8())
                        .isEqualTo("*".repeat(shown.get(i).size()));
            }
        }
    }

    private static UnknownFieldSet without(UnknownFieldSet fields, int... numbers) {
        UnknownFieldSet.Builder rest = fields.toBuilder();
        for (int number : numbers) {
            rest.clearField(number);
        }
        return rest.build();
    }

    /** The user's context as the server has it: all that came, as one. */
    private static UnknownFieldSet merged(UnknownFieldSet message) {
        UnknownFieldSet.Builder all = UnknownFieldSet.newBuilder();
        for (ByteString context : message.getField(2).getLengthDelimitedList()) {
            try {
                all.mergeFrom(UnknownFieldSet.parseFrom(context));
            } catch (InvalidProtocolBufferException e) {
                throw new AssertionError("the user's context is not readable", e);
            }
        }
        return all.build();
    }

    private static ByteString last(UnknownFieldSet fields, int number) {
        List<ByteString> values = fields.getField(number).getLengthDelimitedList();
        return values.get(values.size() - 1);
    }
}
