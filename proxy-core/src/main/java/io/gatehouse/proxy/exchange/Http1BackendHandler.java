// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.exchange;

import io.gatehouse.proxy.ErrorType;
import io.gatehouse.proxy.HttpLimits;
import io.gatehouse.proxy.Upstream;
import io.gatehouse.proxy.UpstreamTimeouts;
import io.gatehouse.proxy.http1.BodyDecoder;
import io.gatehouse.proxy.http1.HeadDecoder;
import io.gatehouse.proxy.http1.HttpViolation;
import io.gatehouse.proxy.http1.Method;
import io.gatehouse.proxy.http1.ResponseHead;
import io.gatehouse.proxy.net.DeadlineScanner;
import io.gatehouse.proxy.net.SplicePipe;
import io.gatehouse.proxy.tls.TlsFailures;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.FileRegion;
import io.netty.channel.socket.ChannelOutputShutdownEvent;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import java.io.IOException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * One connection to an upstream: decodes responses, one exchange at a time, and rests in the {@link UpstreamPool} between
 * them.
 *
 * <p><b>Reference counting.</b> Releases every buffer it reads; pieces of a body go to the {@link ResponseListener} with a
 * reference of their own.
 *
 * <p><b>Writability and flow control.</b> {@link #allowReads} is the exchange's; reads are never
 * paused while the connection rests, so that a close by the upstream is seen.
 *
 * <p><b>Closing.</b> A connection is used again only after a whole response that keeps it alive with nothing behind it.
 * Where writing fails, reading goes on: an upstream that refuses a body answers first and resets afterwards, and the
 * answer is what the client needs.
 */
public final class Http1BackendHandler extends ChannelInboundHandlerAdapter implements BodySplice.Side {
    private static final int MAX_INTERIM_RESPONSES = 16;

    private enum State {
        IDLE,
        HEAD,
        BODY,
        /** A WebSocket: bytes pass until one side closes. */
        TUNNEL,
        /** The client has closed its WebSocket: what it sent last is on its way. */
        ENDING,
        CLOSED
    }

    private final LoopContext loop;
    private final Upstream upstream;
    private final UpstreamPool pool;
    private final HeadDecoder headDecoder;
    private final BodyDecoder bodyDecoder;
    private final BodySplice splice;
    private final WriteProgress writeProgress = new WriteProgress();
    private final Deadlines deadlines = new Deadlines();
    private @Nullable ChannelHandlerContext ctx;
    private @Nullable CoalescingWriter writer;
    private @Nullable ResponseListener listener;
    private @Nullable ResponseHead head;
    private Method requestMethod = Method.OTHER;
    private State state = State.IDLE;
    private boolean reusable = true;
    private boolean requestSent;
    private boolean readsPaused;
    private boolean readsHeld;
    private boolean broken;
    private boolean owesContinue;
    private boolean closeNotified;
    private boolean webSocketAsked;
    private int interimResponses;
    private int exchanges;
    private boolean inReadLoop;
    private boolean releasedInReadLoop;
    private long phaseStartNanos;
    /** How long this exchange waits for a head at most; 0 for as long as all do. */
    private long patienceNanos;

    Http1BackendHandler(LoopContext loop, Upstream upstream, UpstreamPool pool) {
        HttpLimits limits = loop.environment().options().responseLimits();
        this.loop = loop;
        this.upstream = upstream;
        this.pool = pool;
        this.headDecoder = HeadDecoder.forResponses(limits);
        this.bodyDecoder = new BodyDecoder(limits, false);
        this.splice = new BodySplice(bodyDecoder, this);
    }

    Upstream upstream() {
        return upstream;
    }

    /** Whether it has carried an exchange before the present one. */
    boolean isReused() {
        return exchanges > 1;
    }

    boolean isUsable() {
        return state == State.IDLE && reusable && channel().isActive();
    }

    /** Begins an exchange that opens a WebSocket; the caller writes the request next. */
    void beginWebSocket(ResponseListener exchange) {
        begin(exchange, Method.GET);
        webSocketAsked = true;
        // Whatever comes of it, nobody else's request follows on this connection.
        reusable = false;
    }

    /** Begins an exchange; the caller writes the request next. */
    void begin(ResponseListener exchange, Method method) {
        if (state != State.IDLE) {
            throw new IllegalStateException("connection to an upstream begun in state " + state);
        }
        listener = exchange;
        requestMethod = method;
        state = State.HEAD;
        requestSent = false;
        owesContinue = false;
        webSocketAsked = false;
        interimResponses = 0;
        patienceNanos = 0;
        exchanges++;
        writeProgress.reset();
        phaseStartNanos = loop.nanoTime();
    }

    /** The present exchange waits no longer for the head of its response; 0 for as long as all do. */
    void waitsAtMost(long nanos) {
        patienceNanos = nanos;
    }

    CoalescingWriter writer() {
        CoalescingWriter current = writer;
        if (current == null) {
            throw new IllegalStateException("not connected yet");
        }
        return current;
    }

    boolean isWritable() {
        return channel().isWritable();
    }

    /** A pipe past this process to the upstream; null where there is none. */
    @Nullable
    SplicePipe pipeFrom(Channel source) {
        return loop.pipe(source, channel());
    }

    /** Whether the request's bytes still have somewhere to go. */
    boolean isSending() {
        return !broken;
    }

    /** The client waits for a 100: until it comes, or the body comes without, the deadline for the response holds. */
    void awaitContinue() {
        owesContinue = true;
        phaseStartNanos = loop.nanoTime();
    }

    boolean owesContinue() {
        return owesContinue;
    }

    /** A piece of the body is being sent, so nobody waits for a 100 any more. */
    void bodyBegun() {
        owesContinue = false;
    }

    /** The last byte of the request has been written: the deadline for the response begins. */
    void requestSent() {
        requestSent = true;
        owesContinue = false;
        phaseStartNanos = loop.nanoTime();
    }

    /** Called by the exchange: its client takes more, or takes no more for now. */
    void allowReads(boolean allowed) {
        if (readsPaused == allowed && state != State.CLOSED) {
            readsPaused = !allowed;
            updateReads();
        }
    }

    @Override
    public void holdReads(boolean hold) {
        if (readsHeld != hold && state != State.CLOSED) {
            readsHeld = hold;
            updateReads();
        }
    }

    private void updateReads() {
        phaseStartNanos = loop.nanoTime();
        channel().config().setAutoRead(mayRead());
    }

    private boolean mayRead() {
        return !readsPaused && !readsHeld;
    }

    /** The exchange is over: back to the pool, or closed where the connection is of no further use. */
    void release() {
        listener = null;
        // The upstream may have answered before it took the request's last byte.
        if (state == State.IDLE && reusable && requestSent && WriteProgress.isFlushed(channel())) {
            allowReads(true);
            phaseStartNanos = loop.nanoTime();
            // Not while there may be more to read: it would be taken for the next exchange's answer.
            releasedInReadLoop = inReadLoop;
            if (!inReadLoop) {
                pool.release(this);
            }
        } else {
            close();
        }
    }

    /** Ends the connection whatever it is doing; nothing is reported any more. */
    void close() {
        listener = null;
        state = State.CLOSED;
        splice.end();
        channel().close();
    }

    long idleSinceNanos() {
        return phaseStartNanos;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        ctx = context;
        writer = new CoalescingWriter(context);
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        phaseStartNanos = loop.nanoTime();
        loop.deadlines().add(deadlines);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object msg) {
        ByteBuf in = (ByteBuf) msg;
        inReadLoop = true;
        try {
            decode(in);
        } catch (HttpViolation violation) {
            fail(violation.type(), violation.rule());
        } finally {
            in.release();
        }
    }

    private void decode(ByteBuf in) throws HttpViolation {
        while (in.isReadable()) {
            switch (state) {
                case HEAD -> {
                    if (!decodeHead(in)) {
                        return;
                    }
                }
                case BODY -> {
                    ByteBuf piece = bodyDecoder.next(in);
                    if (piece != null) {
                        phaseStartNanos = loop.nanoTime();
                        current().onResponseBody(piece);
                    }
                    if (state == State.BODY && bodyDecoder.isDone()) {
                        responseEnd(in.isReadable());
                        return;
                    }
                }
                case TUNNEL -> {
                    phaseStartNanos = loop.nanoTime();
                    current().onResponseBody(in.readRetainedSlice(in.readableBytes()));
                }
                case IDLE -> {
                    // Bytes that nobody asked for: whatever they are, they are not the next answer.
                    reusable = false;
                    channel().close();
                    return;
                }
                case ENDING, CLOSED -> {
                    return;
                }
            }
        }
    }

    /** Returns whether a head was complete and decoding goes on. */
    private boolean decodeHead(ByteBuf in) throws HttpViolation {
        ResponseHead current = head;
        if (current == null) {
            current = loop.responseHead();
            head = current;
            headDecoder.begin();
        }
        if (!headDecoder.decode(in, current)) {
            return false;
        }
        if (current.isInterim()) {
            interim(current);
            return state == State.HEAD || state == State.TUNNEL;
        }
        phaseStartNanos = loop.nanoTime();
        owesContinue = false;
        reusable &= current.keepsAlive();
        bodyDecoder.begin(current, requestMethod);
        reusable &= !bodyDecoder.endsWithConnection();
        state = State.BODY;
        current().onResponseHead(current);
        if (state == State.BODY && bodyDecoder.isDone()) {
            responseEnd(in.isReadable());
            return false;
        }
        return state == State.BODY;
    }

    private void interim(ResponseHead interimHead) throws HttpViolation {
        if (interimHead.status() == 101) {
            switchProtocols(interimHead);
            return;
        }
        if (++interimResponses > MAX_INTERIM_RESPONSES) {
            throw new HttpViolation(ErrorType.HTTP_PROTOCOL_ERROR, "more than 16 interim responses");
        }
        owesContinue &= interimHead.status() != 100;
        current().onInterimResponse(interimHead);
        interimHead.reset();
        headDecoder.begin();
    }

    private void switchProtocols(ResponseHead switching) throws HttpViolation {
        if (!webSocketAsked || !switching.acceptsWebSocket()) {
            throw new HttpViolation(ErrorType.HTTP_UPGRADE_FAILED, "101 to something that was not asked for");
        }
        phaseStartNanos = loop.nanoTime();
        state = State.TUNNEL;
        current().onWebSocket(switching);
        releaseHead();
    }

    /** The client's side of a WebSocket is closed: what it sent goes out, then the connection ends. */
    void endTunnel() {
        listener = null;
        state = State.ENDING;
        phaseStartNanos = loop.nanoTime();
        writer().flush();
        context().writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    }

    /** {@code surplus}: the upstream sent more than its response; the connection cannot be trusted with another. */
    private void responseEnd(boolean surplus) throws HttpViolation {
        splice.end();
        reusable &= !surplus;
        state = State.IDLE;
        ResponseListener ending = current();
        ending.onResponseEnd(bodyDecoder.trailers());
        releaseHead();
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        inReadLoop = false;
        if (listener != null) {
            listener.onUpstreamReadComplete();
            if (state == State.BODY) {
                splice.afterRead(context.channel());
            }
        } else if (releasedInReadLoop) {
            releasedInReadLoop = false;
            if (isUsable()) {
                pool.release(this);
            }
        }
    }

    @Override
    public @Nullable SplicePipe openPipe(Channel source) {
        return current().onLargeBody(source);
    }

    @Override
    public ChannelFuture spliced(FileRegion contents) {
        phaseStartNanos = loop.nanoTime();
        return current().onResponseSpliced(contents);
    }

    @Override
    public void spliceFailed(IOException cause) {
        fail(ErrorType.HTTP_RESPONSE_INCOMPLETE, "the upstream's connection broke within the response");
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (listener != null) {
            listener.onUpstreamWritability(context.channel().isWritable());
        }
    }

    /**
     * The upstream's close_notify is the end of the stream, and the only proof that it is the end. That a write has failed is
     * seen here where there is TLS, which keeps the exception to itself.
     */
    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof SslCloseCompletionEvent end && end.isSuccess()) {
            closeNotified = true;
            channel().close();
        } else if (event instanceof ChannelOutputShutdownEvent) {
            onBroken();
        }
    }

    /** Whether a body that the end of the connection ends is whole: with TLS, anybody can end a TCP connection. */
    private boolean isEndGenuine() {
        return upstream.isSecure() ? closeNotified : !broken;
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        loop.deadlines().remove(deadlines);
        pool.closed(this);
        boolean endsWithConnection = state == State.TUNNEL || (state == State.BODY && bodyDecoder.endsWithConnection());
        if (endsWithConnection && isEndGenuine() && listener != null) {
            endWithConnection();
        } else if (state == State.BODY || state == State.TUNNEL) {
            fail(ErrorType.HTTP_RESPONSE_INCOMPLETE, "the upstream closed within the response");
        } else if (state == State.HEAD) {
            fail(ErrorType.CONNECTION_TERMINATED, "the upstream closed before the response was there");
        }
        state = State.CLOSED;
        if (writer != null) {
            writer.discard();
        }
        releaseHead();
    }

    private void endWithConnection() {
        ResponseListener ending = current();
        state = State.CLOSED;
        try {
            ending.onResponseEnd(null);
            ending.onUpstreamReadComplete();
            listener = null;
        } catch (HttpViolation violation) {
            fail(violation.type(), violation.rule());
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (cause instanceof SSLException) {
            fail(TlsFailures.classify(cause), TlsFailures.reason(cause));
        } else if (cause instanceof IOException) {
            onBroken();
        } else {
            fail(ErrorType.PROXY_INTERNAL_ERROR, "unexpected exception on the upstream connection");
            context.fireExceptionCaught(cause);
        }
    }

    /**
     * Reading or writing has failed. Where reading has, the channel closes by itself. Where writing has, there may be an answer
     * to read; without one the deadline for the response ends the wait.
     */
    private void onBroken() {
        reusable = false;
        if (!broken) {
            broken = true;
            requestSent();
            if (listener != null) {
                // What still comes is thrown away, so nobody has to hold it back.
                listener.onUpstreamWritability(true);
            }
        }
        if (state == State.IDLE || state == State.TUNNEL || state == State.ENDING || state == State.CLOSED) {
            channel().close();
        }
    }

    private void fail(ErrorType error, String detail) {
        boolean untouched = state == State.HEAD && interimResponses == 0 && (head == null || head.length() == 0);
        state = State.CLOSED;
        reusable = false;
        splice.end();
        ResponseListener failing = listener;
        listener = null;
        channel().close();
        if (failing != null) {
            failing.onUpstreamFailed(error, detail, untouched);
        }
    }

    private void releaseHead() {
        if (head != null) {
            loop.release(head);
            head = null;
        }
    }

    private ResponseListener current() {
        ResponseListener exchange = listener;
        if (exchange == null) {
            throw new IllegalStateException("upstream connection in state " + state + " without an exchange");
        }
        return exchange;
    }

    private ChannelHandlerContext context() {
        ChannelHandlerContext context = ctx;
        if (context == null) {
            throw new IllegalStateException("upstream connection without a channel");
        }
        return context;
    }

    private Channel channel() {
        return context().channel();
    }

    /** The deadlines of whatever phase the connection is in. */
    private final class Deadlines extends DeadlineScanner.Watched {
        @Override
        protected void onTick(long now) {
            UpstreamTimeouts timeouts = loop.environment().settings().upstream();
            long waited = now - phaseStartNanos;
            switch (state) {
                case IDLE -> {
                    if (waited > timeouts.idle().toNanos() && listener == null) {
                        channel().close();
                    }
                }
                case HEAD -> {
                    if ((requestSent || owesContinue) && waited > patience(timeouts)) {
                        fail(ErrorType.HTTP_RESPONSE_TIMEOUT, "no response in time");
                    } else if (isWriteStalled(now, timeouts)) {
                        fail(ErrorType.CONNECTION_WRITE_TIMEOUT, "the upstream stopped taking the request");
                    }
                }
                case BODY -> {
                    if (mayRead() && waited > timeouts.readStall().toNanos()) {
                        fail(ErrorType.CONNECTION_READ_TIMEOUT, "the upstream stopped within the response");
                    }
                }
                case TUNNEL, ENDING -> {
                    // The client's side keeps the deadline for a tunnel in which nothing moves.
                    if (isWriteStalled(now, timeouts)) {
                        fail(ErrorType.CONNECTION_WRITE_TIMEOUT, "the upstream stopped taking what the client sends");
                    }
                }
                case CLOSED -> {}
            }
        }

        private long patience(UpstreamTimeouts timeouts) {
            long usual = timeouts.response().toNanos();
            return patienceNanos == 0 ? usual : Math.min(usual, patienceNanos);
        }

        private boolean isWriteStalled(long now, UpstreamTimeouts timeouts) {
            return writeProgress.isStalled(
                    channel(), writer().written(), now, timeouts.response().toNanos());
        }
    }
}
