// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.http2;

import io.gatehouse.proxy.ErrorType;
import io.gatehouse.proxy.grpc.GrpcStatus;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2Headers;

/** What a server says on one stream. Called on the event loop; nothing is called after an end, a reset or a loss. */
interface AnswerListener {
    /** The head of the answer; {@code end} where it is all of it. */
    void onHead(Http2Headers headers, boolean end);

    /**
     * Data, which stays the caller's.
     *
     * @return how many of its bytes the server may send anew at once; the listener says the rest by {@link ServerStream#consumed}
     */
    int onData(ByteBuf data, boolean end);

    /** The trailers, which end the answer. */
    void onTrailers(Http2Headers headers);

    /** The connection is lost, or what came is no answer of gRPC. */
    void onLost(ErrorType error);

    /**
     * The stream was reset, by the server or because of what it sent, and the connection lives.
     *
     * @param status what a client of the server itself would see
     */
    void onReset(ErrorType error, GrpcStatus status);
}
