// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.session.wire;

import io.netty.buffer.ByteBuf;

/**
 * Walks over the fields of one message in the binary format of Protocol Buffers, at any cut, and shows a {@link Visitor} those it asks
 * for. Allocates nothing for a message and nothing per byte; the bytes of fields that nobody asks for are not looked at.
 *
 * <p>Stricter than Spark's parser where that could see something else than what is seen here: tags and lengths have at most five bytes
 * and no bit too many, there are no groups and no field 0, and every value ends within its message.
 */
final class MessageWalker {
    /** What becomes of a field's value. */
    enum Interest {
        /** It is skipped. */
        NONE,
        /** Its bytes are shown. */
        BYTES,
        /** It is a message, whose fields come next. */
        FIELDS
    }

    /** Sees the fields that pass. Paths are those of {@link FieldPath}. */
    interface Visitor {
        /** A field of any wire type but those of numbers; only a length-delimited one can be of {@link Interest}. */
        Interest field(int path, boolean lengthDelimited, int length) throws CallViolation;

        /** A varint field. */
        default void number(int path, long value) throws CallViolation {}

        /** Some bytes of a value of {@link Interest#BYTES}; they may be changed in place where the buffer's owner allows. */
        void bytes(int path, ByteBuf in, int index, int count);

        /** A value of interest is complete; also one of no bytes. */
        default void end(int path) {}
    }

    private static final int MOST_DEPTH = 4;
    private static final int WORD_VARINT_BYTES = 5;
    private static final int LONG_VARINT_BYTES = 10;

    /** Names as in the encoding's description: https://protobuf.dev/programming-guides/encoding/. */
    private enum State {
        TAG,
        LEN,
        VARINT,
        /** Bytes of a value. */
        VALUE
    }

    private final Visitor visitor;
    /** Where the messages end that are open, by depth. */
    private final long[] ends = new long[MOST_DEPTH];
    /** The paths of those. */
    private final int[] paths = new int[MOST_DEPTH];

    private int depth;
    private State state = State.TAG;
    private long position;
    private long varint;
    private int varintBytes;
    private int path;
    private long valueEnd;
    private boolean shown;

    MessageWalker(Visitor visitor) {
        this.visitor = visitor;
    }

    /** Starts a message of that many bytes. */
    void begin(int length) {
        depth = 0;
        ends[0] = length;
        paths[0] = 0;
        state = State.TAG;
        position = 0;
        varint = 0;
        varintBytes = 0;
    }

    /** Whether the bytes so far are whole fields. */
    boolean isBetweenFields() {
        return depth == 0 && state == State.TAG && varintBytes == 0;
    }

    /** The message's next bytes; no more than are left of it. */
    void walk(ByteBuf in, int from, int to) throws CallViolation {
        int index = from;
        while (index < to) {
            if (state == State.VALUE) {
                int count = (int) Math.min(valueEnd - position, to - index);
                if (shown) {
                    visitor.bytes(path, in, index, count);
                }
                position += count;
                index += count;
                if (position == valueEnd) {
                    valueDone();
                }
            } else {
                position++;
                take(in.getByte(index++));
            }
        }
    }

    private void take(byte next) throws CallViolation {
        int most = state == State.VARINT ? LONG_VARINT_BYTES : WORD_VARINT_BYTES;
        varint |= (long) (next & 0x7f) << (7 * varintBytes);
        varintBytes++;
        if (next < 0) {
            if (varintBytes == most) {
                throw malformed("a number has too many bytes");
            }
            return;
        }
        long value = varint;
        varint = 0;
        varintBytes = 0;
        if (position > ends[depth]) {
            throw malformed("a field is longer than what it is in");
        }
        switch (state) {
            case TAG -> tag(value);
            case LEN -> value(true, value);
            case VARINT -> {
                if (path != FieldPath.OTHER) {
                    visitor.number(path, value);
                }
                fieldDone();
            }
            case VALUE -> throw new IllegalStateException("bytes of a value are not numbers");
        }
    }

    private void tag(long tag) throws CallViolation {
        int number = (int) (tag >>> 3);
        if (tag > 0xffff_ffffL || number == 0) {
            throw malformed("a field has no valid number");
        }
        path = FieldPath.of(paths[depth], number);
        switch ((int) tag & 7) {
            case 0 -> state = State.VARINT;
            case 1 -> value(false, 8);
            case 2 -> state = State.LEN;
            case 5 -> value(false, 4);
            default -> throw malformed("a field is a group or of no known kind");
        }
    }

    private void value(boolean lengthDelimited, long length) throws CallViolation {
        if (length > ends[depth] - position) {
            throw malformed("a field is longer than what it is in");
        }
        MessageWalker.Interest interest =
                path == FieldPath.OTHER ? Interest.NONE : visitor.field(path, lengthDelimited, (int) length);
        valueEnd = position + length;
        if (interest == Interest.FIELDS) {
            depth++;
            ends[depth] = valueEnd;
            paths[depth] = path;
            fieldDone();
            return;
        }
        shown = interest == Interest.BYTES;
        state = State.VALUE;
        if (length == 0) {
            valueDone();
        }
    }

    private void valueDone() {
        if (shown) {
            visitor.end(path);
        }
        fieldDone();
    }

    /** Ends the messages that end with this field. */
    private void fieldDone() {
        state = State.TAG;
        while (depth > 0 && position == ends[depth]) {
            visitor.end(paths[depth]);
            depth--;
        }
    }

    private static CallViolation malformed(String rule) {
        return CallViolation.invalid("The request is not a valid message of Spark Connect: " + rule + ".");
    }
}
