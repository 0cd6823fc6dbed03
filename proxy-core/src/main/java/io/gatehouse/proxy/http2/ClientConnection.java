// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.http2;

import io.gatehouse.proxy.DownstreamTimeouts;
import io.gatehouse.proxy.exchange.ListenerContext;
import io.gatehouse.proxy.exchange.ProxyEnvironment;
import io.gatehouse.proxy.grpc.CallRouter;
import io.gatehouse.proxy.net.ClientAddress;
import io.gatehouse.proxy.net.DeadlineScanner;
import io.gatehouse.proxy.net.MemoryPressure;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Flags;
import io.netty.handler.codec.http2.Http2FrameListener;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A client's connection: its frames to the {@link GrpcExchange}s of its streams. An idle one is kept, as notebooks rest for hours;
 * a PING now and then finds out whether anybody is there.
 */
public final class ClientConnection extends Http2Peer {
    private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final long PING_NANOS = TimeUnit.SECONDS.toNanos(20);

    /** Until a client has surely heard that it shall begin no more calls here. */
    private static final long LEAVING_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final ListenerContext listener;
    private final CallRouter router;
    private final CallRouter.Connection calls;
    private final Http2Connection.PropertyKey key;
    private final Watch watch = new Watch();
    private final FloodGuard flood;
    private final ResetStreams reset = new ResetStreams();
    private final AnsweredStreams answered = new AnsweredStreams();
    private final HeaderSections sections = new HeaderSections();
    private @Nullable CallClients clients;
    private long openedNanos;
    private long heardNanos;
    private boolean settled;
    private boolean pinged;
    /** When the client was told to begin no more calls here. */
    private long leavingNanos;

    private boolean leaving;
    /** Whether calls that it begins all the same are refused. */
    private boolean left;

    private boolean cut;
    /** Whether it began during a drain: sent away, its client would only come back here, until the listener is closed. */
    private boolean late;

    /** Made by {@link ClientConnectionBuilder}. */
    ClientConnection(
            ListenerContext listener,
            CallRouter router,
            GrpcLoop loop,
            Http2ConnectionDecoder decoder,
            Http2ConnectionEncoder encoder,
            Http2Settings settings) {
        super(loop, decoder, encoder, settings);
        this.listener = listener;
        this.router = router;
        this.calls = router.connect();
        this.key = connection().newKey();
        this.flood = new FloodGuard(loop.loop().nanoTime());
        connection().addListener(new Http2ConnectionAdapter() {
            @Override
            public void onStreamClosed(Http2Stream stream) {
                GrpcExchange exchange = stream.removeProperty(key);
                if (exchange != null) {
                    exchange.onClosed();
                }
            }
        });
        connection().addListener(reset);
        connection().addListener(answered);
    }

    /** The handler of a new connection of a listener. */
    public static ClientConnection of(ListenerContext listener, CallRouter router, GrpcLoop loop) {
        return new ClientConnectionBuilder(listener, router, loop).build();
    }

    /** Whom the decoder tells of what comes. */
    Http2FrameListener frames() {
        return new Frames();
    }

    ListenerContext listener() {
        return listener;
    }

    CallRouter router() {
        return router;
    }

    CallRouter.Connection calls() {
        return calls;
    }

    ProxyEnvironment environment() {
        return grpcLoop().environment();
    }

    /** A frame of data goes out. */
    void sentData() {
        flood.data();
    }

    @Override
    public void channelActive(ChannelHandlerContext context) throws Exception {
        clients = new CallClients(
                ClientAddress.of(context.channel()), listener, environment().via());
        heardNanos = grpcLoop().loop().nanoTime();
        openedNanos = heardNanos;
        late = environment().drainState().isDraining();
        grpcLoop().loop().deadlines().add(watch);
        super.channelActive(context);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object msg) throws Exception {
        sections.read((ByteBuf) msg, grpcLoop().loop().nanoTime());
        super.channelRead(context, msg);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) throws Exception {
        grpcLoop().loop().deadlines().remove(watch);
        super.channelInactive(context);
        grpcLoop().flush();
    }

    private void flooded() {
        cut(Http2Error.ENHANCE_YOUR_CALM, "too many frames that ask for nothing");
    }

    /** Ends the connection for a client's fault, and begins no further call meanwhile. */
    private void cut(Http2Error error, String reason) {
        if (!cut) {
            cut = true;
            onError(context(), false, Http2Exception.connectionError(error, reason));
        }
    }

    /**
     * A client has broken a rule on one stream. Where it has ended or closed that before, the fault is not a request's, but that of
     * whoever speaks HTTP/2 here, and the whole connection's. To provoke resets is as good a flood as to send them.
     */
    @Override
    protected void onStreamError(
            ChannelHandlerContext context, boolean outbound, Throwable cause, Http2Exception.StreamException broken) {
        if (outbound) {
            // What we could not write any more, for one on a stream that its client has reset, is no fault of anybody.
            super.onStreamError(context, true, cause, broken);
            return;
        }
        Http2Stream stream = connection().stream(broken.streamId());
        if (stream == null && broken.error() == Http2Error.STREAM_CLOSED) {
            if (!reset.contains(broken.streamId())) {
                cut(Http2Error.STREAM_CLOSED, "a frame on a closed stream");
            } else if (flood.idle(grpcLoop().loop().nanoTime())) {
                flooded();
            }
        } else if (stream != null
                && stream.state() == Http2Stream.State.HALF_CLOSED_REMOTE
                && stream.getProperty(key) != null
                && broken.error() == Http2Error.PROTOCOL_ERROR) {
            cut(Http2Error.PROTOCOL_ERROR, "a wrong frame on a stream that its client has ended");
        } else {
            super.onStreamError(context, false, cause, broken);
            countReset(stream);
        }
    }

    /** To make us reset calls is as good a flood as to do so. */
    private void countReset(@Nullable Http2Stream stream) {
        long now = grpcLoop().loop().nanoTime();
        GrpcExchange exchange = stream == null ? null : stream.getProperty(key);
        if (flood.reset(now, exchange == null ? now : exchange.begunNanos())) {
            flooded();
        }
    }

    /**
     * Refuses a call that its client may begin elsewhere, without taking its data for a broken rule: Netty, which would refuse it before
     * there is a stream, cuts the connection for that, and with it all other calls.
     *
     * @return whether it does
     */
    private boolean refuses(Http2Stream stream) {
        boolean tooMany = connection().remote().numActiveStreams() > ClientConnectionBuilder.STREAMS;
        if (!left && !tooMany) {
            return false;
        }
        reset(stream, Http2Error.REFUSED_STREAM);
        if (!left) {
            countReset(stream);
        }
        return true;
    }

    /** Ends a stream that is answered, unless its client has done so within a moment. */
    void resetSoon(Http2Stream stream) {
        answered.add(stream, grpcLoop().loop().nanoTime());
    }

    private List<GrpcExchange> exchanges() throws Http2Exception {
        List<GrpcExchange> all = new ArrayList<>();
        connection().forEachActiveStream(stream -> {
            GrpcExchange exchange = stream.getProperty(key);
            if (exchange != null) {
                all.add(exchange);
            }
            return true;
        });
        return all;
    }

    /** What comes from the client. */
    private final class Frames extends FramesWithoutPriority {
        @Override
        public void onHeadersRead(
                ChannelHandlerContext context, int streamId, Http2Headers headers, int padding, boolean endOfStream)
                throws Http2Exception {
            heard();
            Http2Stream stream = connection().stream(streamId);
            CallClients resolver = clients;
            if (stream == null || resolver == null || cut) {
                return;
            }
            GrpcExchange known = stream.getProperty(key);
            if (known != null) {
                // Trailers of a request: gRPC has none, HTTP/2 allows them.
                known.onRequestTrailers();
                return;
            }
            if (!RequestHost.isClear(headers)) {
                throw Http2Exception.streamError(streamId, Http2Error.PROTOCOL_ERROR, "more than one host");
            }
            if (refuses(stream)) {
                return;
            }
            flood.call();
            GrpcExchange exchange = new GrpcExchange(ClientConnection.this, stream);
            stream.setProperty(key, exchange);
            exchange.onHead(headers, resolver, endOfStream);
        }

        @Override
        public int onDataRead(
                ChannelHandlerContext context, int streamId, ByteBuf data, int padding, boolean endOfStream) {
            heard();
            int bytes = data.readableBytes();
            if (bytes >= FloodGuard.CRUMB) {
                flood.data();
            } else if (!endOfStream && flood.idle(heardNanos)) {
                flooded();
            }
            Http2Stream stream = connection().stream(streamId);
            GrpcExchange exchange = stream == null ? null : stream.getProperty(key);
            return exchange == null ? bytes + padding : exchange.onRequestData(data, endOfStream) + padding;
        }

        @Override
        public void onRstStreamRead(ChannelHandlerContext context, int streamId, long errorCode) {
            heard();
            countReset(connection().stream(streamId));
        }

        @Override
        public void onPingRead(ChannelHandlerContext context, long data) {
            idle();
        }

        @Override
        public void onPingAckRead(ChannelHandlerContext context, long data) {
            idle();
        }

        @Override
        public void onSettingsRead(ChannelHandlerContext context, Http2Settings settings) {
            settled = true;
            idle();
        }

        @Override
        public void onSettingsAckRead(ChannelHandlerContext context) {
            // Those that are too many are refused here.
            connection().remote().maxActiveStreams(Integer.MAX_VALUE);
        }

        @Override
        public void onPriorityRead(
                ChannelHandlerContext context, int streamId, int streamDependency, short weight, boolean exclusive) {
            idle();
        }

        @Override
        public void onWindowUpdateRead(ChannelHandlerContext context, int streamId, int windowSizeIncrement) {
            idle();
        }

        @Override
        public void onUnknownFrame(
                ChannelHandlerContext context, byte frameType, int streamId, Http2Flags flags, ByteBuf payload) {
            idle();
        }

        private void idle() {
            heard();
            if (flood.idle(heardNanos)) {
                flooded();
            }
        }

        private void heard() {
            heardNanos = grpcLoop().loop().nanoTime();
            pinged = false;
        }
    }

    /** The deadlines of a connection, and its part in a drain. */
    private final class Watch extends DeadlineScanner.Watched {
        @Override
        protected void onTick(long nowNanos) {
            long silence = nowNanos - heardNanos;
            long patience = environment().settings().downstream().head().toNanos();
            if (!settled && nowNanos - openedNanos > patience) {
                // No preface, no SETTINGS: nobody who speaks HTTP/2 takes that long.
                context().channel().close();
            } else if (sections.isOverdue(nowNanos, patience)) {
                cut(Http2Error.ENHANCE_YOUR_CALM, "a header section that does not end");
            } else if (pinged && silence > QUIET_NANOS + PING_NANOS) {
                context().channel().close();
            } else if (!pinged && silence > QUIET_NANOS) {
                pinged = true;
                encoder().writePing(context(), false, nowNanos, context().newPromise());
                context().flush();
            }
            boolean draining = environment().drainState().isDraining();
            late &= draining;
            if (draining && (!late || listener.isClosed())) {
                leave(nowNanos);
            } else if (connection().numActiveStreams() == 0
                    && environment().memoryPressure().level() != MemoryPressure.Level.NONE) {
                // Whoever rests gives way; calls go on.
                context().channel().close();
            }
            endSlow(nowNanos);
            makeRoom(environment().memoryPressure().level(), nowNanos);
            answered.tick(nowNanos, stream -> reset(stream, Http2Error.NO_ERROR));
            grpcLoop().flush();
        }

        /** Ends calls whose requests do not go on. */
        private void endSlow(long nowNanos) {
            if (connection().numActiveStreams() > 0) {
                DownstreamTimeouts timeouts = environment().settings().downstream();
                try {
                    exchanges().stream()
                            .filter(exchange -> exchange.isTooSlow(nowNanos, timeouts))
                            .forEach(GrpcExchange::endSlow);
                } catch (Http2Exception e) {
                    onError(context(), true, e);
                }
            }
        }

        private void makeRoom(MemoryPressure.Level level, long nowNanos) {
            if (level != MemoryPressure.Level.NONE) {
                try {
                    List<GrpcExchange> stuck = StuckCalls.givingWay(exchanges(), level, nowNanos);
                    stuck.forEach(GrpcExchange::giveWay);
                    if (!stuck.isEmpty() && !context().channel().isWritable()) {
                        // Its client reads nothing at all, and a stream ends here only when its reset is out.
                        context().channel().close();
                    }
                } catch (Http2Exception e) {
                    onError(context(), true, e);
                }
            }
        }

        /**
         * Takes no new calls, lets go of those that come back by themselves, and closes behind the last one. In two steps (RFC 9113
         * section 6.8): who has begun a call before hearing of the first has it served.
         */
        private void leave(long nowNanos) {
            ChannelHandlerContext context = context();
            long code = Http2Error.NO_ERROR.code();
            if (cut) {
                return;
            }
            if (!leaving) {
                leaving = true;
                leavingNanos = nowNanos;
                goAway(context, Integer.MAX_VALUE, code, Unpooled.EMPTY_BUFFER, context.newPromise());
                context.flush();
            } else if (!left && nowNanos - leavingNanos > LEAVING_NANOS) {
                left = true;
                int last = connection().remote().lastStreamCreated();
                // Netty does not hear of it; see refuses().
                encoder().frameWriter().writeGoAway(context, last, code, Unpooled.EMPTY_BUFFER, context.newPromise());
                context.flush();
            }
            try {
                exchanges().forEach(exchange -> exchange.letGo(nowNanos));
            } catch (Http2Exception e) {
                onError(context, true, e);
            }
            grpcLoop().flush();
            if (left && connection().numActiveStreams() == 0) {
                context.channel().close();
            }
        }
    }
}
