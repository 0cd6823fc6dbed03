// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import io.gatehouse.proxy.BodyFilter;
import io.gatehouse.proxy.http1.HeaderName;
import io.gatehouse.proxy.http1.ResponseHead;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Puts running applications into the History Server's list while it streams by: they come first, and the History Server's
 * own entries of them are left out. Every other entry passes byte by byte as it came, in its order.
 *
 * <p>Holds one entry at a time, and hands over what is to be sent in buffers of {@value #LARGEST_BUFFER} bytes. Where the answer is not an array of objects, or an entry is larger than
 * {@value #LARGEST_ENTRY} bytes, the rest passes unmodified.
 *
 * <p>A running application with several attempts keeps the History Server's entry, which has the older ones too. One that the
 * request's dates leave out is not put in, and what the History Server says of it passes: it may have older attempts.
 */
final class ListMergeFilter implements BodyFilter {
    private static final int LARGEST_ENTRY = 1 << 20;
    private static final int LARGEST_PIECE = 8 << 10;
    private static final int LARGEST_BUFFER = 16 << 10;
    private static final byte[] SEPARATOR = {',', ' '};

    private enum State {
        BEFORE_ARRAY,
        BETWEEN_ENTRIES,
        IN_ENTRY,
        IN_STRING,
        IN_ESCAPE,
        AFTER_ARRAY,
        UNMODIFIED
    }

    private final AppDirectory running;
    private final ListRequest request;
    private final List<Application> atTheEnd = new ArrayList<>();
    private State state = State.BEFORE_ARRAY;
    /** What is being looked at. */
    private final byte[] piece = new byte[LARGEST_PIECE];
    /** The entry that has begun, as far as it has come. */
    private byte[] entry = new byte[2048];

    private int length;
    private int depth;
    private int written;

    ListMergeFilter(AppDirectory running, ListRequest request) {
        this.running = running;
        this.request = request;
    }

    /** A filter for a whole JSON list; null for everything else, errors among it. */
    static @Nullable BodyFilter forResponse(ResponseHead response, AppDirectory running, ListRequest request) {
        String type = response.value(HeaderName.CONTENT_TYPE);
        boolean list = response.status() == 200
                && type != null
                && type.startsWith("application/json")
                && response.find(HeaderName.CONTENT_ENCODING) < 0;
        return list ? new ListMergeFilter(running, request) : null;
    }

    @Override
    public void filter(ByteBuf in, Consumer<ByteBuf> out) {
        if (state == State.UNMODIFIED) {
            out.accept(in);
            return;
        }
        Pieces merged = new Pieces(in.alloc(), out, in.readableBytes() + SEPARATOR.length);
        while (in.isReadable() && state != State.UNMODIFIED) {
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

    /** Looks at the first {@code end} bytes of {@link #piece}. An entry's bytes are kept in runs, not one by one. */
    private void scan(int end, Pieces out) {
        int unkept = 0;
        for (int at = 0; at < end; at++) {
            byte b = piece[at];
            switch (state) {
                case BEFORE_ARRAY -> beforeArray(b, out);
                case BETWEEN_ENTRIES -> {
                    unkept = at;
                    between(b, out);
                }
                case IN_ENTRY -> {
                    if (b == '"') {
                        state = State.IN_STRING;
                    } else if (b == '{' || b == '[') {
                        depth++;
                    } else if ((b == '}' || b == ']') && --depth == 0 && keep(unkept, at + 1, out)) {
                        entryComplete(out);
                        state = State.BETWEEN_ENTRIES;
                    }
                }
                case IN_STRING -> {
                    if (b == '"') {
                        state = State.IN_ENTRY;
                    } else if (b == '\\') {
                        state = State.IN_ESCAPE;
                    }
                }
                case IN_ESCAPE -> state = State.IN_STRING;
                case AFTER_ARRAY, UNMODIFIED -> {
                    out.writeBytes(piece, at, end - at);
                    return;
                }
            }
        }
        if (isInEntry()) {
            keep(unkept, end, out);
        }
    }

    private boolean isInEntry() {
        return state == State.IN_ENTRY || state == State.IN_STRING || state == State.IN_ESCAPE;
    }

    private void beforeArray(byte b, Pieces out) {
        out.writeByte(b);
        if (b == '[') {
            state = State.BETWEEN_ENTRIES;
            out.writeByte(' ');
            writeRunning(out);
        } else if (!isWhitespace(b)) {
            state = State.UNMODIFIED;
        }
    }

    private void between(byte b, Pieces out) {
        if (b == '{') {
            state = State.IN_ENTRY;
            depth = 1;
            length = 0;
        } else if (b == ']') {
            for (Application application : atTheEnd) {
                writeListing(application.listing(), out);
            }
            if (written > 0) {
                out.writeByte(' ');
            }
            out.writeByte(b);
            state = State.AFTER_ARRAY;
        } else if (b != ',' && !isWhitespace(b)) {
            separate(out);
            out.writeByte(b);
            state = State.UNMODIFIED;
        }
    }

    /** Adds {@code [start, end)} of {@link #piece} to the entry; false where that makes it too large to be looked at. */
    private boolean keep(int start, int end, Pieces out) {
        int count = end - start;
        if (length + count > LARGEST_ENTRY) {
            separate(out);
            out.writeBytes(entry, 0, length);
            out.writeBytes(piece, start, count);
            state = State.UNMODIFIED;
            return false;
        }
        if (length + count > entry.length) {
            entry = Arrays.copyOf(entry, Math.max(length + count, Math.min(LARGEST_ENTRY, entry.length * 2)));
        }
        System.arraycopy(piece, start, entry, length, count);
        length += count;
        return true;
    }

    private void entryComplete(Pieces out) {
        if (written >= request.limit()) {
            return;
        }
        String id = EntryId.of(entry, length);
        Application application = id == null ? null : running.find(id);
        if (application != null && isIncluded(application.listing()) && !atTheEnd.remove(application)) {
            // It has been written as its driver tells it.
            return;
        }
        separate(out);
        out.writeBytes(entry, 0, length);
    }

    private void writeRunning(Pieces out) {
        for (Application application : running.applications()) {
            AppListing listing = application.listing();
            if (listing == null || !request.includes(listing)) {
                continue;
            }
            if (listing.attemptId() != null && !listing.attemptId().equals("1")) {
                atTheEnd.add(application);
            } else {
                writeListing(listing, out);
            }
        }
    }

    private boolean isIncluded(@Nullable AppListing listing) {
        return listing != null && request.includes(listing);
    }

    private void writeListing(@Nullable AppListing listing, Pieces out) {
        if (listing != null && written < request.limit()) {
            separate(out);
            byte[] json = request.entry(listing);
            out.writeBytes(json, 0, json.length);
        }
    }

    private void separate(Pieces out) {
        if (written++ > 0) {
            out.writeBytes(SEPARATOR, 0, SEPARATOR.length);
        }
    }

    private static boolean isWhitespace(byte b) {
        return b == ' ' || b == '\n' || b == '\r' || b == '\t';
    }

    @Override
    public void finish(Consumer<ByteBuf> out) {
        // A list that ended in the middle of an entry is passed on as it came.
        if (isInEntry()) {
            Pieces rest = new Pieces(UnpooledByteBufAllocator.DEFAULT, out, length + SEPARATOR.length);
            separate(rest);
            rest.writeBytes(entry, 0, length);
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
