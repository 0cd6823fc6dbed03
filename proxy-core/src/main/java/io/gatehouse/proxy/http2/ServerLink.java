// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.http2;

import io.gatehouse.proxy.ErrorType;
import io.gatehouse.proxy.Upstream;
import io.gatehouse.proxy.grpc.GrpcStatus;
import io.gatehouse.proxy.net.DeadlineScanner;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.AbstractHttp2ConnectionHandlerBuilder;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A connection to a server, which all calls of one event loop to that server share. It is there to be found by {@link ServerLinks}.
 *
 * <p>A server that is silent while calls wait is asked whether it is there, as often as it bears: {@link ServerPulse}.
 */
final class ServerLink extends Http2Peer {
    private final Upstream server;
    private final ServerLinks links;
    private final LinkLimits limits;
    private final Http2Connection.PropertyKey key;
    private final Watch watch = new Watch();
    private final ServerPulse pulse;
    private long idleSinceNanos;
    /** Whether its numbers of streams are used up, as far as they may be. */
    private boolean worn;

    private ServerLink(
            Upstream server,
            ServerLinks links,
            GrpcLoop loop,
            LinkLimits limits,
            Http2ConnectionDecoder decoder,
            Http2ConnectionEncoder encoder,
            Http2Settings settings) {
        super(loop, decoder, encoder, settings);
        this.server = server;
        this.links = links;
        this.limits = limits;
        this.pulse = new ServerPulse(limits);
        this.key = connection().newKey();
        connection().addListener(new Http2ConnectionAdapter() {
            @Override
            public void onStreamClosed(Http2Stream stream) {
                closed(stream);
            }
        });
    }

    static ServerLink to(Upstream server, ServerLinks links, GrpcLoop loop, LinkLimits limits) {
        return new Builder(server, links, loop, limits).build();
    }

    Upstream server() {
        return server;
    }

    /** Whether one more call may go over it. */
    boolean canOpen() {
        return isActive()
                && !worn
                && !connection().goAwayReceived()
                && connection().local().canOpenStream();
    }

    /** Calls that are under way. */
    int calls() {
        return connection().local().numActiveStreams();
    }

    /**
     * Opens a stream; call only where {@link #canOpen}.
     *
     * @param end whether the request has no body
     * @return null where the connection cannot take it after all
     */
    @Nullable
    ServerStream open(Http2Headers head, boolean end, AnswerListener listener) {
        int id = connection().local().incrementAndGetNextStreamId();
        if (id >= limits.lastStream() && !worn) {
            // Those under way go on, and so does this one; whoever comes next gets a new connection.
            worn = true;
            links.leaving(this);
        }
        ChannelHandlerContext context = context();
        encoder().writeHeaders(context, id, head, 0, end, context.newPromise());
        written();
        Http2Stream stream = connection().stream(id);
        if (stream == null) {
            return null;
        }
        if (calls() == 1) {
            pulse.begin(grpcLoop().loop().nanoTime());
        }
        ServerStream opened = new ServerStream(this, stream, listener);
        stream.setProperty(key, opened);
        return opened;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) throws Exception {
        super.channelActive(context);
        idleSinceNanos = grpcLoop().loop().nanoTime();
        grpcLoop().loop().deadlines().add(watch);
        links.up(this);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) throws Exception {
        grpcLoop().loop().deadlines().remove(watch);
        links.closed(this);
        List<ServerStream> lost = new ArrayList<>();
        connection().forEachActiveStream(stream -> {
            ServerStream open = stream.getProperty(key);
            if (open != null) {
                lost.add(open);
            }
            return true;
        });
        lost.forEach(open -> lose(open, ErrorType.CONNECTION_TERMINATED));
        super.channelInactive(context);
        grpcLoop().flush();
    }

    private void closed(Http2Stream stream) {
        ServerStream open = stream.removeProperty(key);
        if (open != null) {
            lose(open, ErrorType.CONNECTION_TERMINATED);
        }
        idleSinceNanos = grpcLoop().loop().nanoTime();
        links.free(this);
    }

    private static void lose(ServerStream stream, ErrorType error) {
        if (!stream.isOver()) {
            stream.over();
            stream.listener().onLost(error);
        }
    }

    /** What a server sends on one stream may be wrong without harm to the others. */
    @Override
    protected void onStreamError(
            ChannelHandlerContext context, boolean outbound, Throwable cause, Http2Exception.StreamException error) {
        Http2Stream stream = connection().stream(error.streamId());
        ServerStream open = stream == null ? null : stream.getProperty(key);
        if (!outbound && open != null && !open.isOver()) {
            boolean large = error instanceof Http2Exception.HeaderListSizeException;
            open.over();
            open.listener()
                    .onReset(
                            large ? ErrorType.HTTP_RESPONSE_HEADER_SECTION_SIZE : ErrorType.HTTP_PROTOCOL_ERROR,
                            GrpcStatus.INTERNAL);
        }
        super.onStreamError(context, outbound, cause, error);
    }

    /** What comes from the server. */
    private final class Frames extends FramesWithoutPriority {
        private @Nullable ServerStream stream(int id) {
            Http2Stream stream = connection().stream(id);
            ServerStream open = stream == null ? null : stream.getProperty(key);
            return open == null || open.isOver() ? null : open;
        }

        @Override
        public void onHeadersRead(
                ChannelHandlerContext context, int streamId, Http2Headers headers, int padding, boolean endOfStream) {
            pulse.heardOnStream(now());
            ServerStream stream = stream(streamId);
            if (stream == null) {
                return;
            }
            if (!stream.isHeadSeen()) {
                CharSequence status = headers.status();
                if (status != null && status.length() == 3 && status.charAt(0) == '1') {
                    // Not the answer yet (RFC 9110 section 15.2).
                    return;
                }
                stream.headSeen();
                if (endOfStream) {
                    stream.over();
                }
                stream.listener().onHead(headers, endOfStream);
            } else if (endOfStream) {
                stream.over();
                stream.listener().onTrailers(headers);
            } else {
                lose(stream, ErrorType.HTTP_PROTOCOL_ERROR);
                reset(connection().stream(streamId), Http2Error.PROTOCOL_ERROR);
            }
        }

        @Override
        public int onDataRead(
                ChannelHandlerContext context, int streamId, ByteBuf data, int padding, boolean endOfStream) {
            pulse.heardOnStream(now());
            ServerStream stream = stream(streamId);
            if (stream == null) {
                return data.readableBytes() + padding;
            }
            if (endOfStream) {
                stream.over();
            }
            return stream.listener().onData(data, endOfStream) + padding;
        }

        @Override
        public void onRstStreamRead(ChannelHandlerContext context, int streamId, long errorCode) {
            pulse.heard(now());
            ServerStream stream = stream(streamId);
            if (stream != null) {
                ServerReset reset = ServerReset.of(errorCode);
                stream.over();
                stream.listener().onReset(reset.error(), reset.status());
            }
        }

        @Override
        public void onPingAckRead(ChannelHandlerContext context, long data) {
            pulse.pingAnswered(now());
        }

        @Override
        public void onGoAwayRead(ChannelHandlerContext context, int lastStreamId, long errorCode, ByteBuf debugData) {
            links.leaving(ServerLink.this);
        }

        private long now() {
            return grpcLoop().loop().nanoTime();
        }
    }

    /** Closes what has been idle for long, and what is dead. */
    private final class Watch extends DeadlineScanner.Watched {
        @Override
        protected void onTick(long nowNanos) {
            if (calls() == 0) {
                if (nowNanos - idleSinceNanos > limits.idle().toNanos()
                        || connection().goAwayReceived()
                        || worn) {
                    context().channel().close();
                }
                return;
            }
            switch (pulse.find(nowNanos)) {
                case DEAD -> context().channel().close();
                case ASK -> {
                    encoder().writePing(context(), false, nowNanos, context().newPromise());
                    context().flush();
                }
                case WELL -> {}
            }
        }
    }

    /** Makes a link with its codec. */
    private static final class Builder extends AbstractHttp2ConnectionHandlerBuilder<ServerLink, Builder> {
        private final Upstream server;
        private final ServerLinks links;
        private final GrpcLoop loop;
        private final LinkLimits limits;

        Builder(Upstream server, ServerLinks links, GrpcLoop loop, LinkLimits limits) {
            this.server = server;
            this.links = links;
            this.loop = loop;
            this.limits = limits;
            connection(Windows.connection(false));
            initialSettings(Http2Settings.defaultSettings()
                    .pushEnabled(false)
                    .initialWindowSize(Windows.STREAM)
                    .maxFrameSize(Windows.FRAME)
                    .maxHeaderListSize(Windows.ANSWER_HEADER_LIST));
            gracefulShutdownTimeoutMillis(0);
        }

        @Override
        protected ServerLink build() {
            return super.build();
        }

        @Override
        protected ServerLink build(
                Http2ConnectionDecoder decoder, Http2ConnectionEncoder encoder, Http2Settings settings)
                throws Http2Exception {
            ServerLink link = new ServerLink(server, links, loop, limits, decoder, encoder, settings);
            decoder.frameListener(link.new Frames());
            return link;
        }
    }
}
