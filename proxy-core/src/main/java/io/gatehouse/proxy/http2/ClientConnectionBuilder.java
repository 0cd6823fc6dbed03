// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.http2;

import io.gatehouse.proxy.exchange.ListenerContext;
import io.gatehouse.proxy.grpc.CallRouter;
import io.netty.handler.codec.http2.AbstractHttp2ConnectionHandlerBuilder;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Settings;

/** Makes a {@link ClientConnection} with its codec, and has the limits that Netty keeps for us. */
final class ClientConnectionBuilder
        extends AbstractHttp2ConnectionHandlerBuilder<ClientConnection, ClientConnectionBuilder> {
    /** Streams that a client may have open; gRPC's clients wait where there are more. */
    static final int STREAMS = 256;

    /** Acknowledgements that a client has not read yet. */
    private static final int WAITING_ACKNOWLEDGEMENTS = 500;

    /** Pieces of a header section that are smaller than they need be. */
    private static final int SMALL_CONTINUATIONS = 16;

    private static final int EMPTY_DATA_IN_A_ROW = 4;

    private final ListenerContext listener;
    private final CallRouter router;
    private final GrpcLoop loop;

    ClientConnectionBuilder(ListenerContext listener, CallRouter router, GrpcLoop loop) {
        this.listener = listener;
        this.router = router;
        this.loop = loop;
        connection(Windows.connection(true));
        initialSettings(Http2Settings.defaultSettings()
                .maxConcurrentStreams(STREAMS)
                .initialWindowSize(Windows.STREAM)
                .maxFrameSize(Windows.CLIENT_FRAME)
                .maxHeaderListSize(Windows.HEADER_LIST));
        encoderEnforceMaxQueuedControlFrames(WAITING_ACKNOWLEDGEMENTS);
        decoderEnforceMaxConsecutiveEmptyDataFrames(EMPTY_DATA_IN_A_ROW);
        decoderEnforceMaxSmallContinuationFrames(SMALL_CONTINUATIONS);
        // By ratio, not by count: see FloodGuard.
        decoderEnforceMaxRstFramesPerWindow(0, 0);
        encoderEnforceMaxRstFramesPerWindow(0, 0);
        validateRequiredPseudoHeaders(true);
        // An answer that is larger than what a client says it takes is still better than none.
        encoderIgnoreMaxHeaderListSize(true);
        gracefulShutdownTimeoutMillis(0);
    }

    @Override
    protected ClientConnection build() {
        return super.build();
    }

    @Override
    protected ClientConnection build(
            Http2ConnectionDecoder decoder, Http2ConnectionEncoder encoder, Http2Settings settings)
            throws Http2Exception {
        ClientConnection connection = new ClientConnection(listener, router, loop, decoder, encoder, settings);
        decoder.frameListener(connection.frames());
        return connection;
    }
}
