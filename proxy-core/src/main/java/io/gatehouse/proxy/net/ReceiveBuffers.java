// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.util.UncheckedBooleanSupplier;

/**
 * How much one channel reads at a time: what the last reads suggest, as Netty does it; and while a body is spliced, single
 * short reads, which only have to tell that there is more. One per channel, used on its event loop.
 */
public final class ReceiveBuffers extends AdaptiveRecvByteBufAllocator {
    private static final int SHORT_READ = 16 << 10;

    /** The smallest buffers with room in front, and which part of them that is. */
    private static final int ROOM_FROM = 64 << 10;

    private static final int ROOM_PART = 4;

    private final boolean roomInFront;
    private boolean shortReads;

    public ReceiveBuffers(int minimum, int initial, int maximum) {
        this(minimum, initial, maximum, false);
    }

    private ReceiveBuffers(int minimum, int initial, int maximum, boolean roomInFront) {
        super(minimum, initial, maximum);
        this.roomInFront = roomInFront;
    }

    /** Those whose large buffers have room in front of what is read, for what was left of the one before. */
    public static ReceiveBuffers withRoomInFront(int minimum, int initial, int maximum) {
        return new ReceiveBuffers(minimum, initial, maximum, true);
    }

    /** Switches to short reads and back; does nothing on a channel that has no such buffers. */
    public static void useShortReads(Channel channel, boolean shortReads) {
        if (channel.config().<RecvByteBufAllocator>getRecvByteBufAllocator() instanceof ReceiveBuffers buffers) {
            buffers.shortReads = shortReads;
        }
    }

    @Override
    @Deprecated
    public Handle newHandle() {
        return new Sized((ExtendedHandle) super.newHandle());
    }

    /** Netty's own handle, but for the size and the number of short reads. */
    @SuppressWarnings("deprecation") // the one kind of handle that channels take
    private final class Sized implements RecvByteBufAllocator.ExtendedHandle {
        private final ExtendedHandle adaptive;

        Sized(ExtendedHandle adaptive) {
            this.adaptive = adaptive;
        }

        @Override
        public ByteBuf allocate(ByteBufAllocator allocator) {
            if (shortReads) {
                return allocator.ioBuffer(SHORT_READ);
            }
            int size = adaptive.guess();
            if (!roomInFront || size < ROOM_FROM) {
                return adaptive.allocate(allocator);
            }
            int room = size / ROOM_PART;
            return allocator.ioBuffer(room + size).setIndex(room, room);
        }

        @Override
        public int guess() {
            return shortReads ? SHORT_READ : adaptive.guess();
        }

        @Override
        public boolean continueReading() {
            return !shortReads && adaptive.continueReading();
        }

        @Override
        public boolean continueReading(UncheckedBooleanSupplier maybeMore) {
            return !shortReads && adaptive.continueReading(maybeMore);
        }

        @Override
        public void reset(ChannelConfig config) {
            adaptive.reset(config);
        }

        @Override
        public void incMessagesRead(int count) {
            adaptive.incMessagesRead(count);
        }

        @Override
        public void lastBytesRead(int bytes) {
            adaptive.lastBytesRead(bytes);
        }

        @Override
        public int lastBytesRead() {
            return adaptive.lastBytesRead();
        }

        @Override
        public void attemptedBytesRead(int bytes) {
            adaptive.attemptedBytesRead(bytes);
        }

        @Override
        public int attemptedBytesRead() {
            return adaptive.attemptedBytesRead();
        }

        @Override
        public void readComplete() {
            adaptive.readComplete();
        }
    }
}
