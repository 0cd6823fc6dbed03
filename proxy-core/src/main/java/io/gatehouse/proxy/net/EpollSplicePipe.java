// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.net;

import io.netty.channel.FileRegion;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.epoll.Native;
import io.netty.util.AbstractReferenceCounted;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.WritableByteChannel;

/** A pipe of the kernel; closed once nobody needs it. */
final class EpollSplicePipe implements SplicePipe {
    private static final long NO_OFFSET = -1;

    /** More than a pipe holds: its 256 slots take a page each, or a segment of up to 64 KiB. */
    private static final long MOST = 16 << 20;

    private final EpollSocketChannel source;
    private final EpollSocketChannel destination;
    private final LargePipe pipe;
    private final Runnable onClosed;
    private int held;
    private boolean inUse;
    private boolean unwanted;
    private boolean closed;

    /** Owns {@code pipe}; {@code onClosed} is told once when it is gone. */
    EpollSplicePipe(EpollSocketChannel source, EpollSocketChannel destination, LargePipe pipe, Runnable onClosed) {
        this.source = source;
        this.destination = destination;
        this.pipe = pipe;
        this.onClosed = onClosed;
    }

    @Override
    public int fill(long most) throws IOException {
        if (held > 0 || inUse || unwanted) {
            throw new IllegalStateException("a pipe is filled when it is empty");
        }
        if (!source.isOpen()) {
            // Its descriptor may be another connection's by now.
            throw new ClosedChannelException();
        }
        held = Native.splice(
                source.fd().intValue(), NO_OFFSET, pipe.writeEnd().intValue(), NO_OFFSET, Math.min(most, MOST));
        return held;
    }

    @Override
    public FileRegion contents() {
        inUse = true;
        int count = held;
        held = 0;
        return new Contents(count);
    }

    @Override
    public void close() {
        unwanted = true;
        if (!inUse) {
            closePipe();
        }
    }

    private void closePipe() {
        if (!closed) {
            closed = true;
            pipe.close();
            onClosed.run();
        }
    }

    /** The bytes in the pipe on their way to the destination; written by Netty like part of a file. */
    private final class Contents extends AbstractReferenceCounted implements FileRegion {
        private final int count;
        private long transferred;

        Contents(int count) {
            this.count = count;
        }

        @Override
        public long transferTo(WritableByteChannel target, long position) throws IOException {
            // The target wraps the same socket, and would want the bytes in a buffer.
            int moved = Native.splice(
                    pipe.readEnd().intValue(), NO_OFFSET, destination.fd().intValue(), NO_OFFSET, count - transferred);
            transferred += moved;
            return moved;
        }

        @Override
        protected void deallocate() {
            inUse = false;
            if (transferred < count) {
                // Given up: what is left in the pipe must not reach anybody.
                unwanted = true;
            }
            if (unwanted) {
                closePipe();
            }
        }

        @Override
        public long position() {
            return 0;
        }

        @Override
        @Deprecated
        public long transfered() {
            return transferred;
        }

        @Override
        public long transferred() {
            return transferred;
        }

        @Override
        public long count() {
            return count;
        }

        @Override
        public FileRegion retain() {
            super.retain();
            return this;
        }

        @Override
        public FileRegion retain(int increment) {
            super.retain(increment);
            return this;
        }

        @Override
        public FileRegion touch() {
            return this;
        }

        @Override
        public FileRegion touch(Object hint) {
            return this;
        }
    }
}
