// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.exchange;

import io.gatehouse.proxy.ErrorType;
import io.gatehouse.proxy.http1.HttpViolation;
import io.gatehouse.proxy.http1.ResponseHead;
import io.gatehouse.proxy.http1.TrailerSection;
import io.gatehouse.proxy.net.SplicePipe;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.FileRegion;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link Http1BackendHandler} reports of the exchange it carries: interim heads, one head, pieces of body, the end;
 * or a failure instead of what is missing. Called on the event loop, never after the end or a failure.
 */
interface ResponseListener {
    /** A 1xx other than 101. The head is valid during the call only. */
    void onInterimResponse(ResponseHead head);

    /**
     * The upstream has accepted a WebSocket: what comes by {@link #onResponseBody} from now on is not HTTP, up to {@link
     * #onResponseEnd}. The head is valid during the call only.
     */
    default void onWebSocket(ResponseHead head) {
        throw new IllegalStateException("no WebSocket was asked for");
    }

    /** The head is valid until the end of the response. */
    void onResponseHead(ResponseHead head);

    /**
     * The next bytes of the body. The listener owns {@code piece}.
     *
     * @throws HttpViolation where the listener cannot make sense of it; the caller reports the failure
     */
    void onResponseBody(ByteBuf piece) throws HttpViolation;

    /**
     * Asked once for a large body of known length: a pipe past this process to where the body goes, or null where it has to
     * come by {@link #onResponseBody}. The caller owns it, and passes what it holds to {@link #onResponseSpliced}.
     */
    default @Nullable SplicePipe onLargeBody(Channel source) {
        return null;
    }

    /** A piece of the body is in the pipe; writes and flushes it, and owns it. */
    default ChannelFuture onResponseSpliced(FileRegion contents) {
        throw new IllegalStateException("no pipe was asked for");
    }

    /**
     * The response is whole. The listener gives the connection back.
     *
     * @throws HttpViolation where it is not, as the listener sees; the caller reports the failure
     */
    void onResponseEnd(@Nullable TrailerSection trailers) throws HttpViolation;

    /**
     * There will be no more of the response; the connection is closed.
     *
     * @param untouched whether not a byte of a response had come
     */
    void onUpstreamFailed(ErrorType error, String detail, boolean untouched);

    /** The upstream takes bytes again, or takes no more for now. */
    void onUpstreamWritability(boolean writable);

    /** All that was read in one go has been reported: the time to flush. */
    void onUpstreamReadComplete();
}
