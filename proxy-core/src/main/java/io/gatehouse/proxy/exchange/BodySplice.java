// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.exchange;

import io.gatehouse.proxy.http1.BodyDecoder;
import io.gatehouse.proxy.net.ReceiveBuffers;
import io.gatehouse.proxy.net.SplicePipe;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.FileRegion;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Passes large bodies of known length by way of a {@link SplicePipe} each. One for each connection that bodies come from;
 * its handler calls {@link #afterRead} within a body, and {@link #end} whenever that is over:
 *
 * <pre>
 *   a short read tells that there is more ──► fill the pipe, write its contents ──► and again, until
 *        ▲                                                                           │
 *        ├── nothing waits at the source: the next read tells, of its end too ◄──────┤
 *        ├── one byte is left: a read takes it, and sees what is behind it    ◄──────┤
 *        └── the destination takes no more: reads are held until it has      ◄──────┘
 * </pre>
 *
 * <p>Everything stays in order: what was read is in the destination's outbound buffer already, and the pipe's contents
 * follow it there. The last byte of a body always comes by a read, so that its end, and bytes that nobody asked for behind
 * it, are seen by the code that sees them in any other body, and not before the pipe is empty.
 */
final class BodySplice {
    /** From this many bytes on, a pipe costs less than copying. */
    static final long LEAST = 256 << 10;

    private static final Logger LOG = LoggerFactory.getLogger(BodySplice.class);

    /** Other connections of the event loop want their turn. */
    private static final int MOST_FILLS = 16;

    /** The handler whose bodies they are. */
    interface Side {
        /** A pipe for the present body; null where it has to be copied. Asked once for each body. */
        @Nullable
        SplicePipe openPipe(Channel source);

        /** Writes and flushes {@code contents} to the other side, behind everything else; owns it. */
        ChannelFuture spliced(FileRegion contents);

        /** Reads of the source have to wait, or need not any more. */
        void holdReads(boolean hold);

        /** The source's connection is broken. */
        void spliceFailed(IOException cause);
    }

    private final BodyDecoder decoder;
    private final Side side;
    private @Nullable Channel source;
    private @Nullable SplicePipe pipe;
    private boolean asked;
    private boolean filled;

    BodySplice(BodyDecoder decoder, Side side) {
        this.decoder = decoder;
        this.side = side;
    }

    /** A read within a body is over: takes what else waits, where the rest of the body is large. */
    void afterRead(Channel from) {
        if (!asked && decoder.remaining() >= LEAST) {
            asked = true;
            source = from;
            pipe = side.openPipe(from);
            ReceiveBuffers.useShortReads(from, pipe != null);
        }
        if (pipe != null) {
            fill(pipe);
        }
    }

    private void fill(SplicePipe current) {
        for (int fill = 0; fill < MOST_FILLS && isEmpty(current) && decoder.remaining() > 1; fill++) {
            int count;
            try {
                count = current.fill(decoder.remaining() - 1);
            } catch (IOException broken) {
                side.spliceFailed(broken);
                return;
            }
            if (count == 0) {
                return;
            }
            decoder.skip(count);
            pass(current);
        }
    }

    private boolean isEmpty(SplicePipe current) {
        return current.equals(pipe) && !filled;
    }

    private void pass(SplicePipe current) {
        filled = true;
        ChannelFuture written = side.spliced(current.contents());
        if (!current.equals(pipe)) {
            // The destination was found broken just now, and everything has ended.
            return;
        }
        if (written.isDone()) {
            filled = !written.isSuccess();
        } else {
            side.holdReads(true);
            written.addListener(future -> onWritten(current, future.isSuccess()));
        }
    }

    /** A destination that failed ends the exchange by its own events. */
    private void onWritten(SplicePipe current, boolean success) {
        if (!current.equals(pipe) || !success) {
            return;
        }
        filled = false;
        try {
            fill(current);
        } catch (RuntimeException defect) {
            LOG.atError().setCause(defect).log("splicing failed");
            side.spliceFailed(new IOException(defect));
            return;
        }
        if (isEmpty(current)) {
            side.holdReads(false);
        }
    }

    /** The body is over, or the exchange; does nothing where none was spliced. What is in the pipe already still arrives. */
    void end() {
        asked = false;
        SplicePipe ending = pipe;
        Channel from = source;
        if (ending != null && from != null) {
            pipe = null;
            source = null;
            filled = false;
            ReceiveBuffers.useShortReads(from, false);
            ending.close();
            side.holdReads(false);
        }
    }
}
