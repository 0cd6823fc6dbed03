// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy;

import io.gatehouse.proxy.http1.HeaderName;
import io.gatehouse.proxy.http1.HttpViolation;
import io.gatehouse.proxy.http1.ResponseHead;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.zip.DataFormatException;
import org.jspecify.annotations.Nullable;

/**
 * Inflates a gzip body for another filter, all of its members. An upstream of an edited body is asked for none, and this is for those that
 * send it all the same.
 *
 * <p>Works in small steps, and gives up where a body grows as no page does, however slowly it began: what one read inflates to
 * has to be held until it is written.
 */
public final class GzipBodyFilter implements BodyFilter {
    private static final int STEP = 1024;
    /** Pages of Spark's grow to 60 times their coded size; what is built to fill memory, to 1,000 times. */
    private static final int LARGEST_RATIO = 200;
    /** What may grow beyond that: a small page of one repeated row. No more can be saved up for later. */
    private static final int MOST_CREDIT = 1 << 20;
    /** What one read may inflate to: as much as the largest read of a page. */
    private static final int MOST_AT_ONCE = 16 << 20;

    /** What comes out leaves in buffers of these sizes: they grow with it, so that many small reads do not hold much that is empty. */
    private static final int SMALLEST_PIECE = 64;

    private static final int LARGEST_PIECE = 16 * STEP;

    private final BodyFilter edit;
    private final GzipInflater gzip = new GzipInflater();
    private final byte[] coded = new byte[STEP];
    /** How much more may come out of what has been taken. */
    private long credit = MOST_CREDIT;

    /** Since the last read was complete: until then all of it is held, in however many chunks it came. */
    private int inflatedAtOnce;

    private GzipBodyFilter(BodyFilter edit) {
        this.edit = edit;
    }

    /**
     * The filter for a body with or without gzip.
     *
     * @param edit gets the plain body
     * @return null where the body has another coding, and has to pass as it is; {@code edit} is closed then
     */
    public static @Nullable BodyFilter before(BodyFilter edit, ResponseHead response) {
        String coding = null;
        for (int field = 0; field < response.fieldCount(); field++) {
            if (response.name(field) == HeaderName.CONTENT_ENCODING) {
                coding = coding == null ? response.value(field).toLowerCase(Locale.ROOT) : "several";
            }
        }
        if (coding == null) {
            return edit;
        }
        if (coding.equals("gzip") || coding.equals("x-gzip")) {
            return new GzipBodyFilter(edit);
        }
        edit.close();
        return null;
    }

    @Override
    public boolean decodes() {
        return true;
    }

    @Override
    public void filter(ByteBuf in, Consumer<ByteBuf> out) throws HttpViolation {
        try {
            while (in.isReadable()) {
                int step = Math.min(STEP, in.readableBytes());
                in.readBytes(coded, 0, step);
                credit = Math.min(credit, MOST_CREDIT) + (long) LARGEST_RATIO * step;
                gzip.input(coded, step);
                inflate(Math.max(SMALLEST_PIECE, 4 * step), in.alloc(), out);
            }
        } catch (DataFormatException broken) {
            throw violation("what is said to be gzip is not");
        } finally {
            in.release();
        }
    }

    /** @param expected how much may come out, in bytes */
    private void inflate(int expected, ByteBufAllocator allocator, Consumer<ByteBuf> out)
            throws DataFormatException, HttpViolation {
        int size = expected;
        boolean full = true;
        while (full) {
            ByteBuf piece = allocator.heapBuffer(size, size);
            try {
                gzip.inflate(piece);
                full = !piece.isWritable();
                account(piece.readableBytes());
                if (piece.isReadable()) {
                    edit.filter(piece.retain(), out);
                }
            } finally {
                piece.release();
            }
            size = Math.min(2 * size, LARGEST_PIECE);
        }
    }

    private void account(int inflated) throws HttpViolation {
        credit -= inflated;
        inflatedAtOnce += inflated;
        if (credit < 0 || inflatedAtOnce > MOST_AT_ONCE) {
            throw violation("a gzip body inflates to more than " + LARGEST_RATIO + " times its size, or to "
                    + (MOST_AT_ONCE >> 20) + " MiB at once");
        }
    }

    @Override
    public void onReadComplete() {
        inflatedAtOnce = 0;
        edit.onReadComplete();
    }

    @Override
    public void finish(Consumer<ByteBuf> out) throws HttpViolation {
        if (!gzip.isWhole()) {
            throw violation("a gzip body ends too early");
        }
        edit.finish(out);
    }

    @Override
    public void close() {
        gzip.close();
        edit.close();
    }

    private static HttpViolation violation(String rule) {
        return new HttpViolation(ErrorType.HTTP_RESPONSE_CONTENT_CODING, rule);
    }
}
