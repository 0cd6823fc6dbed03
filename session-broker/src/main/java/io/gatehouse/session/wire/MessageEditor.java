// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.session.wire;

import io.gatehouse.session.wire.MessageWalker.Interest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.function.Consumer;

/**
 * Puts the verified user and the session that was routed by into every message of a call, at any cut. One for each call.
 *
 * <p>Both are appended: of a field that comes twice Spark takes the last, and two user contexts become one (protobuf.dev, "last one
 * wins"). What the client itself wrote as its user is overwritten where it stands, because it may be a password. All else passes as
 * slices of what came.
 *
 * <p><b>Why every field is walked.</b> A message that ends in the middle of a field would swallow what is appended as that field's value,
 * and the server would believe the client. So the last field must end where the message does; where it does not, nothing is appended,
 * and the server never has a whole message: the length before it counts the appended bytes too.
 */
public final class MessageEditor {
    private static final byte FILLER = '*';

    private final ConnectMethod method;
    private final byte[] suffix;
    private final FrameHead head = new FrameHead();
    private final Fields fields = new Fields();
    private final MessageWalker walker = new MessageWalker(fields);
    private boolean inMessage;
    private int left;
    private int messages;
    private boolean reattachable;

    /** @param suffix of {@link Messages#suffix}; not changed */
    public MessageEditor(ConnectMethod method, byte[] suffix) {
        this.method = method;
        this.suffix = suffix;
    }

    /** Whether the client can come back to the answer (what {@code ExecutePlan} asks for in its options), as far as was seen. */
    public boolean isReattachable() {
        return reattachable;
    }

    /** How many messages went to the server whole. */
    public int messages() {
        return messages;
    }

    /**
     * The next bytes of the request, from its first on.
     *
     * @param bytes taken over; changed in place
     * @param end whether these were the last
     * @param out gets what goes to the server, and takes it over; nothing of a message that is not passed on whole follows a violation
     */
    public void edit(ByteBuf bytes, boolean end, Consumer<ByteBuf> out) throws CallViolation {
        try {
            // From where bytes have not been given yet: a head that is whole here goes with what follows it.
            int from = bytes.readerIndex();
            while (bytes.isReadable()) {
                if (inMessage) {
                    walk(bytes);
                } else if (readHead(bytes, out)) {
                    from = bytes.readerIndex();
                }
                if (inMessage && left == 0) {
                    endMessage(bytes, from, out);
                    from = bytes.readerIndex();
                }
            }
            if (end && (inMessage || head.isPartial())) {
                throw CallViolation.invalid("The request ends in the middle of a message.");
            }
            give(bytes, from, out);
        } finally {
            bytes.release();
        }
    }

    /**
     * Reads bytes of a head. Where all of it is here, the new length is written in its place; else, when it is complete, a head of ours is
     * given in its stead.
     *
     * @return whether the bytes are not to be given
     */
    private boolean readHead(ByteBuf bytes, Consumer<ByteBuf> out) throws CallViolation {
        int start = bytes.readerIndex();
        boolean wholeHere = !head.isPartial() && bytes.readableBytes() >= FrameHead.BYTES;
        bytes.readerIndex(head.read(bytes, start, bytes.writerIndex()));
        if (!head.isComplete()) {
            return true;
        }
        left = head.length();
        inMessage = true;
        walker.begin(left);
        if (wholeHere) {
            bytes.setInt(start + 1, left + suffix.length);
            return false;
        }
        ByteBuf ours = Unpooled.buffer(FrameHead.BYTES, FrameHead.BYTES);
        out.accept(ours.writeByte(0).writeInt(left + suffix.length));
        return true;
    }

    private void walk(ByteBuf bytes) throws CallViolation {
        int count = Math.min(left, bytes.readableBytes());
        int from = bytes.readerIndex();
        walker.walk(bytes, from, from + count);
        left -= count;
        bytes.skipBytes(count);
    }

    private void endMessage(ByteBuf bytes, int from, Consumer<ByteBuf> out) throws CallViolation {
        if (!walker.isBetweenFields()) {
            throw CallViolation.invalid(
                    "The request is not a valid message of Spark Connect: it ends in the middle of a field.");
        }
        give(bytes, from, out);
        out.accept(Unpooled.wrappedBuffer(suffix));
        messages++;
        inMessage = false;
        head.reset();
    }

    private static void give(ByteBuf bytes, int from, Consumer<ByteBuf> out) {
        if (bytes.readerIndex() > from) {
            out.accept(bytes.retainedSlice(from, bytes.readerIndex() - from));
        }
    }

    /** Overwrites the user as the client gives it, and sees whether the call can be taken up again. */
    private final class Fields implements MessageWalker.Visitor {
        @Override
        public Interest field(int path, boolean lengthDelimited, int length) throws CallViolation {
            return switch (path) {
                case FieldPath.SESSION_ID -> {
                    mustBeDelimited(lengthDelimited);
                    yield Interest.NONE;
                }
                case FieldPath.USER_CONTEXT -> {
                    mustBeDelimited(lengthDelimited);
                    yield Interest.FIELDS;
                }
                case FieldPath.USER_ID, FieldPath.USER_NAME -> {
                    mustBeDelimited(lengthDelimited);
                    yield Interest.BYTES;
                }
                case FieldPath.REQUEST_OPTIONS, FieldPath.REATTACH_OPTIONS ->
                    lengthDelimited && method == ConnectMethod.EXECUTE_PLAN ? Interest.FIELDS : Interest.NONE;
                default -> Interest.NONE;
            };
        }

        @Override
        public void number(int path, long value) throws CallViolation {
            switch (path) {
                case FieldPath.SESSION_ID, FieldPath.USER_CONTEXT, FieldPath.USER_ID, FieldPath.USER_NAME ->
                    mustBeDelimited(false);
                case FieldPath.REATTACHABLE -> reattachable |= method == ConnectMethod.EXECUTE_PLAN && value != 0;
                default -> {}
            }
        }

        @Override
        public void bytes(int path, ByteBuf in, int index, int count) {
            for (int i = index; i < index + count; i++) {
                in.setByte(i, FILLER);
            }
        }
    }

    private static void mustBeDelimited(boolean delimited) throws CallViolation {
        if (!delimited) {
            throw CallViolation.invalid(
                    "The request is not a valid message of Spark Connect: its session or its user is of a wrong type.");
        }
    }
}
