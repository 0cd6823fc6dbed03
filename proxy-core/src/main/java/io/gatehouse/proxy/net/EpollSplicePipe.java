// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.net;

import io.netty.channel.FileRegion;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.epoll.Native;
import io.netty.channel.unix.FileDescriptor;
import io.netty.util.AbstractReferenceCounted;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.WritableByteChannel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A pipe of the kernel; its two ends are closed once nobody needs them. */
final class EpollSplicePipe implements SplicePipe {
    private static final Logger LOG = LoggerFactory.getLogger(EpollSplicePipe.class);
    private static final long NO_OFFSET = -1;

    /** More than a pipe holds: its 16 slots take a page each, or a segment of up to 64 KiB. */
    private static final long MOST = 1 << 20;

    private final EpollSocketChannel source;
    private final EpollSocketChannel destination;
    private final FileDescriptor readEnd;
    private final FileDescriptor writeEnd;
    private int held;
    private boolean inUse;
    private boolean unwanted;

    EpollSplicePipe(EpollSocketChannel source, EpollSocketChannel destination) throws IOException {
        this.source = source;
        this.destination = destination;
        FileDescriptor[] ends = FileDescriptor.pipe();
        this.readEnd = ends[0];
        this.writeEnd = ends[1];
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
        held = Native.splice(source.fd().intValue(), NO_OFFSET, writeEnd.intValue(), NO_OFFSET, Math.min(most, MOST));
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
            closeEnds();
        }
    }

    private void closeEnds() {
        try {
            readEnd.close();
            writeEnd.close();
        } catch (IOException e) {
            LOG.atWarn().setCause(e).log("a pipe could not be closed");
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
                    readEnd.intValue(), NO_OFFSET, destination.fd().intValue(), NO_OFFSET, count - transferred);
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
                closeEnds();
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
