// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.http2;

import io.netty.handler.codec.http2.DefaultHttp2Connection;
import io.netty.handler.codec.http2.DefaultHttp2LocalFlowController;
import io.netty.handler.codec.http2.DefaultHttp2RemoteFlowController;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.UniformStreamByteDistributor;

/** How much either side may have under way, and in what pieces. */
final class Windows {
    /** Of a stream: what a reader that has stopped may cost; enough for 250 MB/s at a millisecond. */
    static final int STREAM = 256 << 10;

    /** Of a connection, whose streams each have their own: so large that it is none. */
    static final int CONNECTION = 16 << 20;

    /** Of a frame of a server. A sender with larger ones than 16 KiB spends less on each byte. */
    static final int FRAME = 64 << 10;

    /** Of a frame of a client: the least that there is, and all that its header section may have. */
    static final int CLIENT_FRAME = 16 << 10;

    /** Of a header section, as gRPC's own peers have it twice over. */
    static final int HEADER_LIST = 16 << 10;

    /** Of a header section of a server: Spark's errors quote the query, each letter of which may take thirteen bytes. */
    static final int ANSWER_HEADER_LIST = 64 << 10;

    /** When a window that is used up to that part is opened again. */
    private static final float REFILL = 0.5f;

    private Windows() {}

    /**
     * A connection whose own window opens again with each byte, so that a stream that nobody reads stops that stream alone.
     *
     * @param server whether we are the server of it
     */
    static Http2Connection connection(boolean server) {
        DefaultHttp2Connection connection = new DefaultHttp2Connection(server, 0);
        connection.local().flowController(new DefaultHttp2LocalFlowController(connection, REFILL, true));
        // In turns: nobody's priorities count (RFC 9113 section 5.3).
        connection
                .remote()
                .flowController(
                        new DefaultHttp2RemoteFlowController(connection, new UniformStreamByteDistributor(connection)));
        return connection;
    }
}
