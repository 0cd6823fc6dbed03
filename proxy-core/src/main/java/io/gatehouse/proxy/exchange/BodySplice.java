// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.exchange;

import io.gatehouse.proxy.http1.BodyDecoder;
import io.gatehouse.proxy.net.ReceiveBuffers;
import io.gatehouse.proxy.net.SplicePipe;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.FileRegion;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Passes the rest of one body of known length by way of a {@link SplicePipe}. Made by the handler whose channel the body
 * comes from, once a read has shown that the body is large; then, after each read:
 *
 * <pre>
 *   a short read tells that there is more ──► fill the pipe, write its contents ──► and again, until
 *        ▲                                                                           │
 *        ├── nothing waits at the source: the next read tells, of its end too ◄──────┤
 *        └── the destination takes no more: reads are held until it has      ◄──────┘
 * </pre>
 *
 * <p>Everything stays in order: what was read is in the destination's outbound buffer already, and the pipe's contents
 * follow it there.
 */
final class BodySplice {
    /** From this many bytes on, a pipe costs less than copying. */
    static final long LEAST = 256 << 10;

    private static final Logger LOG = LoggerFactory.getLogger(BodySplice.class);

    /** Other connections of the event loop want their turn. */
    private static final int MOST_FILLS = 16;

    /** The handler whose body it is. */
    interface Side {
        /** Writes and flushes {@code contents} to the other side, behind everything else; owns it. */
        ChannelFuture spliced(FileRegion contents);

        /** Reads of the source have to wait, or need not any more. */
        void holdReads(boolean hold);

        /** The body is complete, and on its way. */
        void spliceDone();

        /** The source's connection is broken. */
        void spliceFailed(IOException cause);
    }

    private final Channel source;
    private final SplicePipe pipe;
    private final BodyDecoder decoder;
    private final Side side;
    private boolean filled;
    private boolean over;

    BodySplice(Channel source, SplicePipe pipe, BodyDecoder decoder, Side side) {
        this.source = source;
        this.pipe = pipe;
        this.decoder = decoder;
        this.side = side;
        ReceiveBuffers.useShortReads(source, true);
    }

    /** A read is over: takes what else waits. */
    void afterRead() {
        for (int fill = 0; fill < MOST_FILLS && !filled && !over; fill++) {
            int count;
            try {
                count = pipe.fill(decoder.remaining());
            } catch (IOException broken) {
                side.spliceFailed(broken);
                return;
            }
            if (count == 0) {
                return;
            }
            decoder.skip(count);
            pass();
        }
    }

    private void pass() {
        filled = true;
        ChannelFuture written = side.spliced(pipe.contents());
        if (over) {
            // The destination was found broken just now, and everything has ended.
            return;
        }
        if (decoder.isDone()) {
            side.spliceDone();
        } else if (written.isDone()) {
            filled = !written.isSuccess();
        } else {
            side.holdReads(true);
            written.addListener(future -> onWritten(future.isSuccess()));
        }
    }

    /** A destination that failed ends the exchange by its own events. */
    private void onWritten(boolean success) {
        if (over || !success) {
            return;
        }
        filled = false;
        try {
            afterRead();
        } catch (RuntimeException defect) {
            LOG.atError().setCause(defect).log("splicing failed");
            side.spliceFailed(new IOException(defect));
            return;
        }
        if (!filled && !over) {
            side.holdReads(false);
        }
    }

    /** The exchange is over, or its body. Called once. */
    void close() {
        over = true;
        ReceiveBuffers.useShortReads(source, false);
        pipe.close();
    }
}
