// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.http1;

import static java.util.Objects.requireNonNull;

import io.gatehouse.proxy.HttpLimits;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Tells a body's bytes from its framing (RFC 9112 sections 6 and 7.1), whatever the cuts between reads. Bytes pass as
 * slices of what was read; nothing is copied or collected.
 *
 * <p>The chunk grammar is taken by the letter: sizes are at most 15 hex digits, CR LF ends every line, extensions are
 * checked and dropped. What is forwarded gets framing of its own.
 */
public final class BodyDecoder {
    private static final int MAX_SIZE_DIGITS = 15;

    /** Names as in the grammar of RFC 9112 section 7.1. */
    private enum State {
        FIXED_LENGTH,
        UNTIL_CLOSE,
        CHUNK_SIZE,
        CHUNK_EXTENSION,
        CHUNK_SIZE_LF,
        CHUNK_DATA,
        CHUNK_DATA_CR,
        CHUNK_DATA_LF,
        TRAILER_SECTION,
        END_LF,
        DONE
    }

    private final HttpLimits limits;
    private final boolean request;
    private State state = State.DONE;
    private long remaining;
    private int sizeDigits;
    private final ChunkExtension extension = new ChunkExtension();
    private @Nullable HeadDecoder trailerDecoder;
    private @Nullable TrailerSection trailers;

    public BodyDecoder(HttpLimits limits, boolean request) {
        this.limits = limits;
        this.request = request;
    }

    /** Starts the body of a request. */
    public void begin(RequestHead head) {
        begin(head, false);
    }

    /** Starts the body of a response to a request with that method (RFC 9112 section 6.3). */
    public void begin(ResponseHead head, Method requestMethod) {
        if (head.isBodiless(requestMethod)) {
            trailers = null;
            state = State.DONE;
        } else {
            begin(head, true);
        }
    }

    private void begin(MessageHead head, boolean untilCloseByDefault) {
        trailers = null;
        if (head.isChunked()) {
            state = State.CHUNK_SIZE;
            remaining = 0;
            sizeDigits = 0;
        } else if (head.contentLength() > 0) {
            state = State.FIXED_LENGTH;
            remaining = head.contentLength();
        } else if (head.contentLength() == MessageHead.NO_LENGTH && untilCloseByDefault) {
            state = State.UNTIL_CLOSE;
        } else {
            state = State.DONE;
        }
    }

    /** Whether the body is complete; whatever is still readable belongs to the next message. */
    public boolean isDone() {
        return state == State.DONE;
    }

    /** Whether the end of the connection is the end of the body (RFC 9112 section 6.3, rule 8). */
    public boolean endsWithConnection() {
        return state == State.UNTIL_CLOSE;
    }

    /** Bytes of a body of declared length that are still to come; 0 for other framings. */
    public long remaining() {
        return state == State.FIXED_LENGTH ? remaining : 0;
    }

    /** Counts bytes of a body of declared length that came another way than through {@link #next}. */
    public void skip(int count) {
        if (count < 0 || count > remaining()) {
            throw new IllegalArgumentException(count + " bytes of a body of which " + remaining() + " are left");
        }
        remaining -= count;
        if (remaining == 0) {
            state = State.DONE;
        }
    }

    /** The trailer section of a complete chunked body, or null where it had none. */
    public @Nullable TrailerSection trailers() {
        return trailers;
    }

    /**
     * The next piece of the body in {@code in}; the caller owns it. Null when {@code in} holds no more of this body:
     * then either {@link #isDone()}, or all of {@code in} has been taken.
     */
    public @Nullable ByteBuf next(ByteBuf in) throws HttpViolation {
        while (in.isReadable()) {
            switch (state) {
                case DONE -> {
                    return null;
                }
                case UNTIL_CLOSE -> {
                    return take(in, in.readableBytes());
                }
                case FIXED_LENGTH, CHUNK_DATA -> {
                    int count = (int) Math.min(remaining, in.readableBytes());
                    remaining -= count;
                    if (remaining == 0) {
                        state = state == State.FIXED_LENGTH ? State.DONE : State.CHUNK_DATA_CR;
                    }
                    return take(in, count);
                }
                case TRAILER_SECTION -> trailerSection(in);
                default -> framingByte(in.readByte());
            }
        }
        return null;
    }

    private static ByteBuf take(ByteBuf in, int count) {
        if (count == in.readableBytes()) {
            // The rest of the buffer is body: pass on the buffer itself and spare the slice.
            ByteBuf all = in.retainedSlice();
            in.skipBytes(count);
            return all;
        }
        return in.readRetainedSlice(count);
    }

    private void framingByte(byte b) throws HttpViolation {
        switch (state) {
            case CHUNK_SIZE -> chunkSize(b);
            case CHUNK_EXTENSION -> {
                if (!extension.takes(b)) {
                    throw violation("chunk extension outside the grammar or longer than 256 bytes");
                }
                if (b == HttpBytes.CR) {
                    state = State.CHUNK_SIZE_LF;
                }
            }
            case CHUNK_SIZE_LF -> {
                expect(b, HttpBytes.LF);
                sizeDigits = 0;
                state = remaining == 0 ? State.TRAILER_SECTION : State.CHUNK_DATA;
            }
            case CHUNK_DATA_CR -> {
                expect(b, HttpBytes.CR);
                state = State.CHUNK_DATA_LF;
            }
            case CHUNK_DATA_LF -> {
                expect(b, HttpBytes.LF);
                state = State.CHUNK_SIZE;
            }
            case END_LF -> {
                expect(b, HttpBytes.LF);
                state = State.DONE;
            }
            default -> throw new IllegalStateException("no framing byte in state " + state);
        }
    }

    private void chunkSize(byte b) throws HttpViolation {
        if (HttpBytes.isHex(b)) {
            if (++sizeDigits > MAX_SIZE_DIGITS) {
                throw violation("chunk size of more than 15 hex digits");
            }
            remaining = remaining << 4 | HttpBytes.hexValue(b);
        } else if (sizeDigits > 0 && b == HttpBytes.CR) {
            state = State.CHUNK_SIZE_LF;
        } else if (sizeDigits > 0 && b == ';') {
            extension.begin();
            state = State.CHUNK_EXTENSION;
        } else {
            throw violation("chunk size is not a hex number ended by CR LF");
        }
    }

    private void trailerSection(ByteBuf in) throws HttpViolation {
        if (trailers == null) {
            if (in.getByte(in.readerIndex()) == HttpBytes.CR) {
                // No trailers, as behind nearly every body: nothing to make room for.
                in.skipBytes(1);
                state = State.END_LF;
                return;
            }
            trailers = new TrailerSection(request);
            trailerDecoder = HeadDecoder.forTrailers(limits, request);
        }
        if (requireNonNull(trailerDecoder).decode(in, trailers)) {
            state = State.DONE;
        }
    }

    private void expect(byte actual, byte wanted) throws HttpViolation {
        if (actual != wanted) {
            throw violation("a chunk or its size line does not end with CR LF");
        }
    }

    private HttpViolation violation(String rule) {
        return request ? HttpViolation.request(rule) : HttpViolation.response(rule);
    }
}
