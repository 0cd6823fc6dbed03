// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.exchange;

import io.gatehouse.proxy.ErrorType;
import io.gatehouse.proxy.ForwardTarget;
import io.gatehouse.proxy.Upstream;
import io.gatehouse.proxy.http1.HttpViolation;
import io.gatehouse.proxy.http1.Method;
import io.gatehouse.proxy.http1.ResponseHead;
import io.gatehouse.proxy.http1.TrailerSection;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One request without a body to an upstream, or to any of a group, that is not the whole of a client's exchange: asks the pool for a
 * connection, asks once more where nothing is lost by it, and gives the connection back. For one request, on one event loop.
 */
abstract class UpstreamCall implements UpstreamAttempts.Owner, ResponseListener {
    private static final Logger LOG = LoggerFactory.getLogger(UpstreamCall.class);

    private final LoopContext loop;
    private final UpstreamAttempts attempts;
    private final Method method;
    private @Nullable Http1BackendHandler connection;
    private int status;

    UpstreamCall(LoopContext loop, ForwardTarget target, Method method) {
        this.loop = loop;
        this.attempts = new UpstreamAttempts(loop, target, this);
        this.method = method;
    }

    /** Writes the head of the request; the connection is flushed behind it. */
    abstract void write(Http1BackendHandler to);

    /** The head of the response, valid during the call. */
    abstract void onHead(ResponseHead head);

    /** The next bytes of its body; owns them. */
    abstract void onBody(ByteBuf piece) throws HttpViolation;

    /** The response is whole; the connection has been given back. */
    abstract void onWhole() throws HttpViolation;

    /** There is no response, or not all of one; the connection is closed. */
    abstract void onFailed(ErrorType error, String detail);

    final LoopContext loop() {
        return loop;
    }

    final ForwardTarget target() {
        return attempts.target();
    }

    /** Where the request went last. */
    final Upstream upstream() {
        return attempts.upstream();
    }

    /** Asks for a connection; what becomes of it may be told before this returns. */
    final void begin() {
        attempts.begin();
    }

    /** Ends it, however far it is; nothing is told any more. */
    final void cancel() {
        attempts.cancel();
        Http1BackendHandler used = connection;
        connection = null;
        if (used != null) {
            used.close();
        }
    }

    /** Whether more of the body may be read. */
    final void allowReads(boolean allowed) {
        if (connection != null) {
            connection.allowReads(allowed);
        }
    }

    @Override
    public final void onAttempt(Upstream upstream, int number) {
        // Whoever looks, looks at the end.
    }

    @Override
    public final void onConnected(Http1BackendHandler connected) {
        connection = connected;
        connected.begin(this, method);
        connected.waitsAtMost(target().patienceNanos());
        write(connected);
        connected.requestSent();
        connected.writer().flush();
    }

    @Override
    public final void onUnreachable(ErrorType error, String detail) {
        onFailed(error, detail);
    }

    @Override
    public final void onDefect(String what, @Nullable Throwable defect) {
        LOG.atError().setCause(defect).log(what);
        cancel();
        onFailed(ErrorType.PROXY_INTERNAL_ERROR, what);
    }

    @Override
    public final void onInterimResponse(ResponseHead head) {
        // Nothing to wait for: there was no body to hold back.
    }

    @Override
    public final void onResponseHead(ResponseHead head) {
        status = head.status();
        onHead(head);
    }

    @Override
    public final void onResponseBody(ByteBuf piece) throws HttpViolation {
        onBody(piece);
    }

    @Override
    public final void onResponseEnd(@Nullable TrailerSection trailers) throws HttpViolation {
        Http1BackendHandler used = connection;
        connection = null;
        if (used != null) {
            used.release();
        }
        attempts.answered(status);
        onWhole();
    }

    @Override
    public final void onUpstreamFailed(ErrorType error, String detail, boolean untouched) {
        Http1BackendHandler used = connection;
        connection = null;
        if (used != null && !attempts.failed(used, error, untouched, true)) {
            onFailed(error, detail);
        }
    }

    @Override
    public final void onUpstreamWritability(boolean writable) {
        // A head fits any buffer.
    }

    @Override
    public void onUpstreamReadComplete() {
        // Nothing to flush.
    }
}
