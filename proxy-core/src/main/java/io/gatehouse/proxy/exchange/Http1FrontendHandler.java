// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.exchange;

import io.gatehouse.proxy.DownstreamTimeouts;
import io.gatehouse.proxy.Service;
import io.gatehouse.proxy.http1.BodyDecoder;
import io.gatehouse.proxy.http1.HeadDecoder;
import io.gatehouse.proxy.http1.HttpViolation;
import io.gatehouse.proxy.http1.RequestHead;
import io.gatehouse.proxy.net.ChannelEnds;
import io.gatehouse.proxy.net.ClientAddress;
import io.gatehouse.proxy.net.DeadlineScanner;
import io.gatehouse.proxy.net.SplicePipe;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.FileRegion;
import io.netty.channel.socket.DuplexChannel;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The client's side of a connection: decodes requests one at a time, keeps the client's deadlines, and does what the
 * {@link ExchangeStateMachine} says.
 *
 * <p><b>Reference counting.</b> Releases every buffer it reads. What cannot be decoded yet, because the exchange is not
 * ready for the body or a pipelined request has to wait, is kept as the stash; reading stands still meanwhile, so the stash
 * is never more than one read and the rest of it.
 *
 * <p><b>Writability and flow control.</b> Reads stand still while there is a stash or the upstream takes no more. The next
 * request has to wait while the client does not read the responses before it.
 *
 * <p><b>Closing.</b> {@link #closeGracefully} lets the client read the last response even while it still sends;
 * {@link #abort} resets, so that a cut response never looks whole. No idle connection is closed before its last response
 * has left.
 */
public final class Http1FrontendHandler extends ChannelInboundHandlerAdapter implements BodySplice.Side {
    private static final Logger LOG = LoggerFactory.getLogger(Http1FrontendHandler.class);

    /**
     * How long a client that may still send is listened to after its last response, counted from its last byte; in all, it
     * gets as long as for a head.
     */
    private static final long LINGER_NANOS = 2_000_000_000L;

    /**
     * How long a connection has to be idle before draining closes it: a client that sends requests one after the other has
     * its next one under way already, and learns from the answer to that one.
     */
    private static final long DRAIN_IDLE_NANOS = 1_000_000_000L;

    /** What the next bytes are. */
    private enum Reading {
        HEAD,
        BODY,
        /** Nothing may be decoded until the exchange says so. */
        HELD,
        /** The connection is a WebSocket: bytes pass as they are. */
        TUNNEL,
        /** The last response is out: whatever comes is thrown away. */
        DISCARD
    }

    private final ListenerContext listener;
    private final Service.Http service;
    private final LoopContext loop;
    private final HeadDecoder headDecoder;
    private final BodyDecoder bodyDecoder;
    private final BodySplice splice;
    private final WriteProgress writeProgress = new WriteProgress();
    private final Deadlines deadlines = new Deadlines();
    private @Nullable ChannelHandlerContext ctx;
    private @Nullable CoalescingWriter writer;
    private @Nullable ExchangeStateMachine exchange;
    private @Nullable RequestHead head;
    private @Nullable ByteBuf stash;
    private Reading reading = Reading.HEAD;
    private boolean decoding;
    private boolean inReadLoop;
    private boolean hadRequest;
    private boolean moreBehindHead;
    private boolean upstreamBusy;
    private boolean spliceBusy;
    private boolean resetUnlessWhole;
    private boolean autoRead = true;
    private long phaseStartNanos;
    private long lingerStartNanos;
    private long pauseStartNanos;
    private long bodyBytesInWindow;
    private long bytesMoved;

    public Http1FrontendHandler(ListenerContext listener, Service.Http service, LoopContext loop) {
        this.listener = listener;
        this.service = service;
        this.loop = loop;
        this.headDecoder = HeadDecoder.forRequests(listener.limits());
        this.bodyDecoder = new BodyDecoder(listener.limits(), true);
        this.splice = new BodySplice(bodyDecoder, this);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        ctx = context;
        writer = new CoalescingWriter(context);
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        exchange = new ExchangeStateMachine(this, listener, service, loop, ClientAddress.of(context.channel()));
        phaseStartNanos = loop.nanoTime();
        loop.deadlines().add(deadlines);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object msg) {
        ByteBuf in = (ByteBuf) msg;
        inReadLoop = true;
        ByteBuf waiting = stash;
        if (waiting != null) {
            // A read that was under way when reads were paused.
            // Never one inside the other: TLS may cut what was read into thousands of pieces.
            CompositeByteBuf all = waiting instanceof CompositeByteBuf composite
                    ? composite
                    : context.alloc().compositeBuffer().addComponent(true, waiting);
            stash = all.addComponent(true, in);
            return;
        }
        decode(in);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        inReadLoop = false;
        machine().onDownstreamReadComplete();
        if (reading == Reading.BODY) {
            splice.afterRead(context.channel());
        }
    }

    @Override
    public @Nullable SplicePipe openPipe(Channel source) {
        return machine().onLargeBody(source);
    }

    @Override
    public ChannelFuture spliced(FileRegion contents) {
        bodyBytesInWindow += contents.count();
        return machine().onRequestSpliced(contents);
    }

    @Override
    public void spliceFailed(IOException cause) {
        channel().close();
    }

    /** Decodes as far as the exchange allows; owns {@code in}. */
    private void decode(ByteBuf in) {
        decoding = true;
        try {
            while (in.isReadable()) {
                if (reading == Reading.HELD || isNextRequestHeldBack()) {
                    stash = in.retainedSlice();
                    break;
                }
                if (reading == Reading.DISCARD) {
                    phaseStartNanos = loop.nanoTime();
                    break;
                }
                if (!decodeSome(in)) {
                    break;
                }
            }
        } catch (HttpViolation violation) {
            reading = Reading.DISCARD;
            machine().onRequestViolation(violation, head);
        } catch (RuntimeException defect) {
            machine().onUnexpected(defect);
        } finally {
            decoding = false;
            in.release();
        }
        updateReads();
    }

    /** Whether a request would begin although the client has not taken the responses to those before it. */
    private boolean isNextRequestHeldBack() {
        if (reading != Reading.HEAD || head != null || isWritable()) {
            return false;
        }
        // Nothing leaves before a flush.
        writer().flush();
        return !isWritable();
    }

    /** Returns whether there may be more to decode. */
    private boolean decodeSome(ByteBuf in) throws HttpViolation {
        if (reading == Reading.HEAD) {
            RequestHead current = head;
            if (current == null) {
                current = loop.requestHead();
                head = current;
                headDecoder.begin();
            }
            if (!headDecoder.hasBegun()) {
                phaseStartNanos = loop.nanoTime();
            }
            if (!headDecoder.decode(in, current)) {
                return false;
            }
            reading = Reading.HELD;
            hadRequest = true;
            bodyDecoder.begin(current);
            moreBehindHead = in.isReadable() && !current.hasBody();
            machine().onRequestHead(current);
            return true;
        }
        if (reading == Reading.TUNNEL) {
            machine().onRequestBody(in.readRetainedSlice(in.readableBytes()));
            return true;
        }
        ByteBuf piece = bodyDecoder.next(in);
        if (piece != null) {
            bodyBytesInWindow += piece.readableBytes();
            machine().onRequestBody(piece);
        }
        if (reading == Reading.BODY && bodyDecoder.isDone()) {
            splice.end();
            reading = Reading.HELD;
            machine().onRequestEnd(bodyDecoder.trailers());
        }
        return true;
    }

    private void decodeStash() {
        ByteBuf waiting = stash;
        if (waiting != null && !decoding) {
            stash = null;
            decode(waiting);
            if (!inReadLoop) {
                // These bytes came in a read that is long over; nobody else will flush what became of them.
                machine().onDownstreamReadComplete();
            }
        }
    }

    /** Called by the exchange: it takes the body now. */
    void readBody() {
        reading = Reading.BODY;
        phaseStartNanos = loop.nanoTime();
        bodyBytesInWindow = 0;
        decodeStash();
        updateReads();
    }

    /** Called by the exchange: what comes from now on is not HTTP. */
    void tunnel() {
        reading = Reading.TUNNEL;
        phaseStartNanos = loop.nanoTime();
        bytesMoved = machine().bytesMoved();
        decodeStash();
        updateReads();
    }

    /** Whether the client has sent something behind a request without a body. */
    boolean hasMore() {
        return stash != null || moreBehindHead;
    }

    /** Called by the exchange: it is over, and the connection lives on. */
    void nextRequest() {
        releaseHead();
        reading = Reading.HEAD;
        phaseStartNanos = loop.nanoTime();
        decodeStash();
        updateReads();
    }

    /** Called by the exchange when its upstream takes no more bytes, or takes them again. */
    void pauseForUpstream(boolean busy) {
        pause(busy, spliceBusy);
    }

    @Override
    public void holdReads(boolean hold) {
        pause(upstreamBusy, hold);
    }

    /** Two reasons for one pause: what was written to the upstream waits, or what was spliced to it. */
    private void pause(boolean written, boolean spliced) {
        boolean before = isUpstreamBusy();
        upstreamBusy = written;
        spliceBusy = spliced;
        if (isUpstreamBusy() == before) {
            return;
        }
        long now = loop.nanoTime();
        if (before) {
            listener.meters().readsPaused(now - pauseStartNanos);
            phaseStartNanos = now;
            bodyBytesInWindow = 0;
        } else {
            pauseStartNanos = now;
        }
        updateReads();
    }

    private boolean isUpstreamBusy() {
        return upstreamBusy || spliceBusy;
    }

    private void updateReads() {
        boolean wanted = stash == null && !isUpstreamBusy();
        if (wanted != autoRead) {
            autoRead = wanted;
            channel().config().setAutoRead(wanted);
        }
    }

    /** When the first byte of the present request came; asked once its head is there, or has failed. */
    long headSinceNanos() {
        return phaseStartNanos;
    }

    CoalescingWriter writer() {
        CoalescingWriter current = writer;
        if (current == null) {
            throw new IllegalStateException("no channel yet");
        }
        return current;
    }

    boolean isWritable() {
        return channel().isWritable();
    }

    /** A pipe past this process to the client; null where there is none. */
    @Nullable
    SplicePipe pipeFrom(Channel source) {
        return loop.pipe(source, channel());
    }

    /** Whether a flush will come by itself once what was read has been decoded. */
    boolean isInReadLoop() {
        return inReadLoop || decoding;
    }

    /**
     * Called by the exchange after the last response of the connection. Where the client may still be sending, only our
     * side is closed at first: a reset would take the response from it (RFC 9112 section 9.6).
     */
    void closeGracefully(boolean clientMaySend) {
        boolean linger = clientMaySend || stash != null;
        reading = Reading.DISCARD;
        splice.end();
        dropStash();
        pauseForUpstream(false);
        updateReads();
        writer().flush();
        phaseStartNanos = loop.nanoTime();
        lingerStartNanos = phaseStartNanos;
        context().writeAndFlush(Unpooled.EMPTY_BUFFER).addListener((ChannelFutureListener) written -> {
            if (!written.isSuccess()) {
                channel().close();
                return;
            }
            if (resetUnlessWhole) {
                linger(-1);
            }
            if (linger && channel() instanceof DuplexChannel duplex) {
                phaseStartNanos = loop.nanoTime();
                lingerStartNanos = phaseStartNanos;
                ChannelEnds.halfClose(duplex, () -> phaseStartNanos = loop.nanoTime());
            } else {
                channel().close();
            }
        });
    }

    /**
     * Called by the exchange for a response that only the end of the connection ends: whoever closes before
     * {@link #closeGracefully}, and be it the kernel at the end of this process, resets the connection.
     */
    void resetUnlessWhole() {
        resetUnlessWhole = true;
        linger(0);
    }

    /** Called by the exchange: what was sent is not whole, and the client must see that. */
    void abort() {
        reading = Reading.DISCARD;
        splice.end();
        linger(0);
        ChannelEnds.cut(channel());
    }

    private void linger(int seconds) {
        try {
            channel().config().setOption(ChannelOption.SO_LINGER, seconds);
        } catch (ChannelException closed) {
            // Then the client sees the end already, or caused it.
            LOG.atTrace().setCause(closed).log("no linger on a closed connection");
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        boolean writable = context.channel().isWritable();
        machine().onDownstreamWritability(writable);
        if (writable && reading == Reading.HEAD && stash != null && !decoding) {
            // Not from here: this may be in the middle of somebody's write.
            loop.eventLoop().execute(this::resumeRequests);
        }
    }

    private void resumeRequests() {
        if (reading == Reading.HEAD) {
            phaseStartNanos = loop.nanoTime();
            decodeStash();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (cause instanceof IOException || exchange == null) {
            context.fireExceptionCaught(cause);
        } else {
            exchange.onUnexpected(cause);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        loop.deadlines().remove(deadlines);
        reading = Reading.DISCARD;
        dropStash();
        splice.end();
        if (upstreamBusy) {
            upstreamBusy = false;
            listener.meters().readsPaused(loop.nanoTime() - pauseStartNanos);
        }
        machine().onDownstreamClosed();
        writer().discard();
        releaseHead();
    }

    private void dropStash() {
        if (stash != null) {
            stash.release();
            stash = null;
        }
    }

    private void releaseHead() {
        if (head != null) {
            loop.release(head);
            head = null;
        }
    }

    private ExchangeStateMachine machine() {
        ExchangeStateMachine machine = exchange;
        if (machine == null) {
            throw new IllegalStateException("event before the connection was active");
        }
        return machine;
    }

    private ChannelHandlerContext context() {
        ChannelHandlerContext context = ctx;
        if (context == null) {
            throw new IllegalStateException("no channel yet");
        }
        return context;
    }

    Channel channel() {
        return context().channel();
    }

    /** The client's deadlines, by what it is expected to do. */
    private final class Deadlines extends DeadlineScanner.Watched {
        @Override
        protected void onTick(long now) {
            DownstreamTimeouts timeouts = loop.environment().settings().downstream();
            long waited = now - phaseStartNanos;
            long writeStall = timeouts.writeStall().toNanos();
            if (writeProgress.isStalled(channel(), writer().written(), now, writeStall)) {
                machine().onDownstreamStalled();
                return;
            }
            switch (reading) {
                case HEAD -> headDeadline(timeouts, now, waited);
                case BODY -> bodyDeadline(timeouts, now, waited);
                // The upstream's deadlines hold here, and the exchange's own.
                case HELD -> machine().onTick(now);
                case TUNNEL -> tunnelDeadline(timeouts, now, waited);
                case DISCARD -> {
                    boolean over = waited > LINGER_NANOS
                            || now - lingerStartNanos > timeouts.head().toNanos();
                    if (over && WriteProgress.isFlushed(channel())) {
                        channel().close();
                    }
                }
            }
        }

        private void headDeadline(DownstreamTimeouts timeouts, long now, long waited) {
            boolean draining = waited > DRAIN_IDLE_NANOS && loop.environment().endsConnections();
            // The empty line that some clients send behind a request is nothing yet (RFC 9112 section 2.2).
            boolean begun = head != null && headDecoder.hasBegun();
            if (begun || (!hadRequest && !draining)) {
                if (waited > timeouts.head().toNanos()) {
                    machine().onRequestHeadTimeout(begun ? head : null);
                }
            } else if (stash != null || !WriteProgress.isFlushed(channel())) {
                // Not idle: the last response is still on its way, and has a deadline of its own.
                phaseStartNanos = now;
            } else if (draining || waited > timeouts.keepAlive().toNanos()) {
                channel().close();
            }
        }

        private void tunnelDeadline(DownstreamTimeouts timeouts, long now, long waited) {
            long moved = machine().bytesMoved();
            if (moved != bytesMoved) {
                bytesMoved = moved;
                phaseStartNanos = now;
            } else if (waited > timeouts.tunnelIdle().toNanos()) {
                machine().onTunnelIdle();
            }
        }

        /** Between two looks at the clock at least the minimum rate must have come, and something in any case. */
        private void bodyDeadline(DownstreamTimeouts timeouts, long now, long waited) {
            long window = timeouts.bodyStall().toNanos();
            if (!autoRead || machine().awaitsContinue()) {
                phaseStartNanos = now;
                bodyBytesInWindow = 0;
                return;
            }
            if (waited < window) {
                return;
            }
            if (bodyBytesInWindow < timeouts.leastInStall()) {
                machine().onRequestBodyTimeout();
            } else {
                phaseStartNanos = now;
                bodyBytesInWindow = 0;
            }
        }
    }
}
