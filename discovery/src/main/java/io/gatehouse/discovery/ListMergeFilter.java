// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import io.gatehouse.proxy.BodyFilter;
import io.gatehouse.proxy.http1.HeaderName;
import io.gatehouse.proxy.http1.ResponseHead;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Puts running applications into the History Server's list while it streams by: they come first, and the History Server's
 * own entries of them are left out. Every other entry passes byte by byte as it came, in its order.
 *
 * <p>Holds one entry at a time, and hands over what is to be sent in buffers of {@value #LARGEST_BUFFER} bytes. Where the answer is
 * not an array of objects, or an entry is larger than {@value EntryScanner#LARGEST_ENTRY} bytes, the rest passes unmodified.
 */
final class ListMergeFilter implements BodyFilter {
    private static final int LARGEST_PIECE = 8 << 10;
    private static final int LARGEST_BUFFER = 16 << 10;
    private static final byte[] SEPARATOR = {',', ' '};

    private final ListSelection selection;
    private final EntryScanner scanner = new EntryScanner();
    /** What is being looked at. */
    private final byte[] piece = new byte[LARGEST_PIECE];

    private boolean begun;
    private boolean unmodified;
    private int written;

    ListMergeFilter(AppDirectory running, ListRequest request) {
        this.selection = new ListSelection(running, request);
    }

    /** A filter for a whole JSON list; null for everything else, errors among it. */
    static @Nullable BodyFilter forResponse(ResponseHead response, AppDirectory running, ListRequest request) {
        return isList(response) ? new ListMergeFilter(running, request) : null;
    }

    /** Whether a response is a list, and can be read as it comes. */
    static boolean isList(ResponseHead response) {
        String type = response.value(HeaderName.CONTENT_TYPE);
        return response.status() == 200
                && type != null
                && type.startsWith("application/json")
                && response.find(HeaderName.CONTENT_ENCODING) < 0;
    }

    @Override
    public void filter(ByteBuf in, Consumer<ByteBuf> out) {
        if (unmodified) {
            out.accept(in);
            return;
        }
        Pieces merged = new Pieces(in.alloc(), out, in.readableBytes() + SEPARATOR.length);
        while (in.isReadable() && !unmodified) {
            int count = Math.min(in.readableBytes(), piece.length);
            in.readBytes(piece, 0, count);
            scan(count, merged);
        }
        merged.handOver();
        if (in.isReadable()) {
            out.accept(in);
        } else {
            in.release();
        }
    }

    /** Looks at the first {@code end} bytes of {@link #piece}. */
    private void scan(int end, Pieces out) {
        int at = 0;
        while (at < end) {
            EntryScanner.Found found = scanner.scan(piece, at, end);
            if (!begun) {
                // What stands before the array, and its bracket.
                out.writeBytes(piece, at, scanner.position() - at);
            }
            at = scanner.position();
            switch (found) {
                case NOTHING -> {}
                case BEGINNING -> {
                    begun = true;
                    out.writeByte(' ');
                    selection.first().forEach(entry -> write(entry, entry.length, out));
                }
                case ENTRY -> {
                    if (selection.takes(EntryId.of(scanner.entry(), scanner.length()))) {
                        write(scanner.entry(), scanner.length(), out);
                    }
                }
                case END -> {
                    selection.last().forEach(entry -> write(entry, entry.length, out));
                    if (written > 0) {
                        out.writeByte(' ');
                    }
                    out.writeByte(']');
                    passRest(at, end, out);
                    return;
                }
                case TOO_LARGE -> {
                    write(scanner.entry(), scanner.length(), out);
                    passRest(scanner.rest(), end, out);
                    return;
                }
                case UNREADABLE -> {
                    if (begun) {
                        write(scanner.entry(), scanner.length(), out);
                    }
                    passRest(at, end, out);
                    return;
                }
            }
        }
    }

    private void passRest(int at, int end, Pieces out) {
        unmodified = true;
        out.writeBytes(piece, at, end - at);
    }

    private void write(byte[] entry, int length, Pieces out) {
        if (written++ > 0) {
            out.writeBytes(SEPARATOR, 0, SEPARATOR.length);
        }
        out.writeBytes(entry, 0, length);
    }

    @Override
    public void finish(Consumer<ByteBuf> out) {
        // A list that ended in the middle of an entry is passed on as it came.
        if (!unmodified && scanner.isInEntry()) {
            Pieces rest = new Pieces(UnpooledByteBufAllocator.DEFAULT, out, scanner.length() + SEPARATOR.length);
            write(scanner.entry(), scanner.length(), rest);
            rest.handOver();
        }
    }

    @Override
    public void close() {
        // Holds no buffer.
    }

    /** What is to be sent, in buffers of bounded size: all running applications together may be much. */
    private static final class Pieces {
        private final ByteBufAllocator allocator;
        private final Consumer<ByteBuf> consumer;
        /** What a buffer begins with: as small as what came in, or many small ones would hold much more than they say. */
        private final int expected;

        private @Nullable ByteBuf buffer;

        Pieces(ByteBufAllocator allocator, Consumer<ByteBuf> consumer, int expected) {
            this.allocator = allocator;
            this.consumer = consumer;
            this.expected = Math.min(expected, LARGEST_BUFFER);
        }

        void writeByte(int b) {
            withRoom().writeByte(b);
        }

        void writeBytes(byte[] bytes, int start, int count) {
            int from = start;
            int end = start + count;
            while (from < end) {
                ByteBuf room = withRoom();
                int some = Math.min(end - from, room.maxWritableBytes());
                room.writeBytes(bytes, from, some);
                from += some;
            }
        }

        private ByteBuf withRoom() {
            ByteBuf present = buffer;
            if (present != null && present.maxWritableBytes() > 0) {
                return present;
            }
            handOver();
            ByteBuf fresh = allocator.buffer(expected, LARGEST_BUFFER);
            buffer = fresh;
            return fresh;
        }

        void handOver() {
            ByteBuf full = buffer;
            buffer = null;
            if (full != null) {
                consumer.accept(full);
            }
        }
    }
}
