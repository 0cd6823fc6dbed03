// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy;

import io.netty.buffer.ByteBuf;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Inflates gzip that comes in pieces: its members one after the other (RFC 1952, section 2.2), each with its check sums. What follows the last
 * of them is left out, as gunzip does: zeros, or anything else that does not begin as a member does.
 *
 * <p>Netty's decoder of several members does not say whether a body ends within one, and takes padding for a broken header. The caller
 * has to {@link #close} this, which holds memory outside of the heap.
 */
final class GzipInflater implements AutoCloseable {
    /** Fields of a member (RFC 1952, section 2.3), in their order: a check sum in the header is of those before it. */
    private enum State {
        ID1,
        ID2,
        METHOD,
        FLAGS,
        TIME_AND_SYSTEM,
        EXTRA_LENGTH,
        EXTRA,
        NAME,
        COMMENT,
        HEADER_CRC,
        DEFLATED,
        CRC,
        SIZE,
        BEHIND_MEMBERS
    }

    private static final int DEFLATE = 8;
    private static final int HAS_HEADER_CRC = 0x02;
    private static final int HAS_EXTRA = 0x04;
    private static final int HAS_NAME = 0x08;
    private static final int HAS_COMMENT = 0x10;
    private static final int RESERVED = 0xe0;

    private final Inflater inflater = new Inflater(true);
    /** Of the header, then of what is inflated. */
    private final CRC32 crc = new CRC32();

    private State state = State.ID1;
    private boolean behindMember;
    /** Of the header's flags, those whose fields are still to come. */
    private int flags;
    /** How many bytes of the field at hand are still to come. */
    private int left;
    /** What has come of it, the lowest byte first; of no use in longer ones than a check sum. */
    private long number;

    private int numberBits;

    private byte[] in = {};
    private int at;
    private int end;

    /** The next bytes, {@code [0, length)}, which must not change until the next call of this. */
    void input(byte[] bytes, int length) {
        in = bytes;
        at = 0;
        end = length;
    }

    /**
     * Inflates until {@code out}, which has an array, is full or all input is used up: where it has room left, more input is wanted.
     *
     * @throws DataFormatException where this is no gzip
     */
    void inflate(ByteBuf out) throws DataFormatException {
        boolean more = true;
        while (more) {
            more = state == State.DEFLATED ? deflated(out) : field();
        }
    }

    /** Whether the body may end here. */
    boolean isWhole() {
        return state == State.ID1 || state == State.BEHIND_MEMBERS || (state == State.ID2 && behindMember);
    }

    /** Goes on in the data of a member; false where it wants more room or input. */
    private boolean deflated(ByteBuf out) throws DataFormatException {
        inflater.setInput(in, at, end - at);
        byte[] array = out.array();
        int from = out.arrayOffset() + out.writerIndex();
        int inflated = inflater.inflate(array, from, out.writableBytes());
        at = end - inflater.getRemaining();
        crc.update(array, from, inflated);
        out.writerIndex(out.writerIndex() + inflated);
        if (inflater.finished()) {
            state = field(State.CRC, Integer.BYTES);
            return true;
        }
        check(!inflater.needsDictionary());
        return inflated > 0 && out.isWritable();
    }

    /** Reads a byte outside of the data, and returns whether there was one. */
    private boolean field() throws DataFormatException {
        boolean there = at < end;
        if (there) {
            state = next(in[at++] & 0xff);
        }
        return there;
    }

    private State next(int b) throws DataFormatException {
        if (state.compareTo(State.HEADER_CRC) < 0) {
            crc.update(b);
        }
        return switch (state) {
            case ID1 -> b == 0x1f ? State.ID2 : behindMembers();
            case ID2 -> b == 0x8b ? State.METHOD : behindMembers();
            case METHOD -> {
                check(b == DEFLATE);
                yield State.FLAGS;
            }
            case FLAGS -> {
                check((b & RESERVED) == 0);
                flags = b;
                yield field(State.TIME_AND_SYSTEM, 6);
            }
            case NAME, COMMENT -> b == 0 ? option() : state;
            case TIME_AND_SYSTEM, EXTRA_LENGTH, EXTRA, HEADER_CRC, CRC, SIZE -> {
                number |= (long) b << numberBits;
                numberBits += Byte.SIZE;
                left--;
                yield left == 0 ? behindField() : state;
            }
            case DEFLATED, BEHIND_MEMBERS -> state;
        };
    }

    /** Before a field of so many bytes. */
    private State field(State then, int length) {
        left = length;
        number = 0;
        numberBits = 0;
        return then;
    }

    private State behindField() throws DataFormatException {
        return switch (state) {
            case EXTRA_LENGTH -> number == 0 ? option() : field(State.EXTRA, (int) number);
            case HEADER_CRC -> {
                check(number == (crc.getValue() & 0xffff));
                yield option();
            }
            case CRC -> {
                check(number == crc.getValue());
                yield field(State.SIZE, Integer.BYTES);
            }
            case SIZE -> {
                check(number == (inflater.getBytesWritten() & 0xffff_ffffL));
                yield memberEnd();
            }
            default -> option();
        };
    }

    /** Before the next field of the header that need not be there, or behind the header. */
    private State option() {
        if (takes(HAS_EXTRA)) {
            return field(State.EXTRA_LENGTH, Short.BYTES);
        }
        if (takes(HAS_NAME)) {
            return State.NAME;
        }
        if (takes(HAS_COMMENT)) {
            return State.COMMENT;
        }
        if (takes(HAS_HEADER_CRC)) {
            return field(State.HEADER_CRC, Short.BYTES);
        }
        crc.reset();
        return State.DEFLATED;
    }

    private boolean takes(int flag) {
        boolean set = (flags & flag) != 0;
        flags &= ~flag;
        return set;
    }

    private State memberEnd() {
        behindMember = true;
        inflater.reset();
        crc.reset();
        return State.ID1;
    }

    /** Where no member begins. */
    private State behindMembers() throws DataFormatException {
        check(behindMember);
        return State.BEHIND_MEMBERS;
    }

    private static void check(boolean rule) throws DataFormatException {
        if (!rule) {
            throw new DataFormatException("not gzip");
        }
    }

    @Override
    public void close() {
        inflater.end();
    }
}
