// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.exchange;

import io.gatehouse.proxy.ErrorType;
import io.gatehouse.proxy.ForwardTarget;
import io.gatehouse.proxy.Upstream;
import io.gatehouse.proxy.UpstreamGroup;
import io.gatehouse.proxy.http1.HeaderName;
import io.gatehouse.proxy.http1.Method;
import io.gatehouse.proxy.http1.ResponseHead;
import io.gatehouse.proxy.http1.TrailerSection;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks upstreams on our own behalf: probes of discovery, lists to be merged. Uses the same pools as the doors; carries no
 * credentials, follows no redirects, takes no more than it was told to.
 *
 * <p>May be called from any thread; futures complete on an event loop, so continue on an executor of your own.
 */
public final class UpstreamClient {
    /**
     * A whole response.
     *
     * @param contentType empty where there was none
     */
    public record Reply(int status, String contentType, byte[] body) {}

    /** Why there was no response. */
    public static final class CallFailedException extends Exception {
        private final ErrorType error;

        CallFailedException(ErrorType error, String detail) {
            super(detail, null, false, false);
            this.error = error;
        }

        public ErrorType error() {
            return error;
        }
    }

    private static final Logger LOG = LoggerFactory.getLogger(UpstreamClient.class);

    private final Supplier<LoopContext> loops;

    /** The route of all calls, in metrics. */
    private static final String ROUTE = "internal";

    private static final byte[] NO_BODY = new byte[0];

    /** {@code loops}: where a call is carried out; see {@code ProxyRuntime.anyContext}. */
    public UpstreamClient(Supplier<LoopContext> loops) {
        this.loops = loops;
    }

    /**
     * Sends a GET.
     *
     * @param target path and query; from our own constants and checked identifiers only
     * @param maxBody bytes; a longer body fails the call
     * @param deadline for everything, from now on
     * @return completes exceptionally with {@link CallFailedException}
     */
    public CompletableFuture<Reply> get(Upstream upstream, String target, int maxBody, Duration deadline) {
        return get(UpstreamGroup.of(upstream), target, maxBody, deadline);
    }

    /** Sends a GET to any of a group; to a second one where there is no connection to the first. */
    public CompletableFuture<Reply> get(UpstreamGroup group, String target, int maxBody, Duration deadline) {
        ByteBuf body = Unpooled.buffer();
        return read(group, target, maxBody, deadline, body::writeBytes)
                .thenApply(reply -> new Reply(reply.status(), reply.contentType(), ByteBufUtil.getBytes(body)));
    }

    /**
     * Sends a GET, and hands the body over piece by piece instead of keeping it, whatever the status.
     *
     * @param maxBody bytes; a longer body fails the call
     * @param body called on an event loop, never blocks; a piece is only lent. What it throws fails the call
     * @return the response without its body
     */
    public CompletableFuture<Reply> read(
            UpstreamGroup group, String target, long maxBody, Duration deadline, Consumer<ByteBuf> body) {
        for (int i = 0; i < target.length(); i++) {
            if (target.charAt(i) <= ' ' || target.charAt(i) > '~') {
                throw new IllegalArgumentException("not a request target: " + target);
            }
        }
        LoopContext loop = loops.get();
        Call call = new Call(loop, ForwardTarget.to(ROUTE, group), target, maxBody, body);
        loop.eventLoop().execute(() -> call.start(deadline));
        return call.reply;
    }

    private static final class Call implements UpstreamPool.Waiter, ResponseListener {
        private final CompletableFuture<Reply> reply = new CompletableFuture<>();
        private final LoopContext loop;
        private final ForwardTarget server;
        private final String target;
        private final long maxBody;
        private final Consumer<ByteBuf> body;
        private long received;
        private Upstream upstream;
        private UpstreamPool.Ticket ticket;
        private @Nullable Http1BackendHandler connection;
        private @Nullable ScheduledFuture<?> timeout;
        private boolean repeated;
        private int status;
        private String contentType = "";

        Call(LoopContext loop, ForwardTarget server, String target, long maxBody, Consumer<ByteBuf> body) {
            this.loop = loop;
            this.server = server;
            this.upstream = server.upstream();
            this.target = target;
            this.maxBody = maxBody;
            this.body = body;
            this.ticket = loop.upstreamPool().ticket(this);
        }

        void start(Duration deadline) {
            timeout = loop.eventLoop()
                    .schedule(
                            () -> fail(ErrorType.HTTP_RESPONSE_TIMEOUT, "no whole response in time"),
                            deadline.toNanos(),
                            TimeUnit.NANOSECONDS);
            acquire(null);
        }

        private void acquire(@Nullable Upstream tried) {
            upstream = loop.upstreamSelector().select(server, tried);
            loop.upstreamPool().acquire(upstream, ticket);
        }

        private void repeat() {
            repeated = true;
            ticket = loop.upstreamPool().ticket(this);
            acquire(upstream);
        }

        @Override
        public void onConnected(Http1BackendHandler connected) {
            connection = connected;
            try {
                send(connected);
            } catch (Throwable defect) {
                LOG.atError().setCause(defect).log("a call could not be sent");
                fail(ErrorType.PROXY_INTERNAL_ERROR, "the call could not be sent");
            }
        }

        private void send(Http1BackendHandler connected) {
            connected.begin(this, Method.GET);
            ByteBuf out = connected.writer().begin(256 + target.length());
            ByteBufUtil.writeAscii(
                    out,
                    "GET " + target + " HTTP/1.1\r\nHost: " + upstream.authority()
                            + "\r\nUser-Agent: gatehouse\r\nAccept: application/json\r\nVia: "
                            + loop.environment().via() + "\r\n\r\n");
            connected.requestSent();
            connected.writer().flush();
        }

        @Override
        public void onConnectFailed(ErrorType error, String detail) {
            loop.upstreamSelector().failed(server, upstream, error);
            if (!repeated && loop.upstreamSelector().hasAnother(server, error)) {
                repeat();
            } else {
                fail(error, detail);
            }
        }

        @Override
        public void onInterimResponse(ResponseHead head) {
            // Nothing to wait for: there was no body to hold back.
        }

        @Override
        public void onResponseHead(ResponseHead head) {
            status = head.status();
            String type = head.value(HeaderName.CONTENT_TYPE);
            contentType = type == null ? "" : type;
        }

        @Override
        public void onResponseBody(ByteBuf piece) {
            received += piece.readableBytes();
            try {
                if (received > maxBody) {
                    fail(ErrorType.HTTP_PROTOCOL_ERROR, "more than " + maxBody + " bytes");
                } else {
                    body.accept(piece);
                }
            } catch (RuntimeException unreadable) {
                fail(ErrorType.HTTP_PROTOCOL_ERROR, "a body that cannot be read: " + unreadable.getMessage());
            } finally {
                piece.release();
            }
        }

        @Override
        public void onResponseEnd(@Nullable TrailerSection trailers) {
            Http1BackendHandler used = connection;
            connection = null;
            if (used != null) {
                used.release();
            }
            loop.upstreamSelector().answered(server, upstream, status);
            cancelTimeout();
            reply.complete(new Reply(status, contentType, NO_BODY));
        }

        @Override
        public void onUpstreamFailed(ErrorType error, String detail, boolean untouched) {
            boolean stale = error == ErrorType.CONNECTION_TERMINATED
                    && untouched
                    && connection != null
                    && connection.isReused()
                    && !repeated;
            connection = null;
            if (stale) {
                loop.upstreamPool().discardIdle(upstream);
                repeat();
            } else {
                loop.upstreamSelector().failed(server, upstream, error);
                fail(error, detail);
            }
        }

        @Override
        public void onUpstreamWritability(boolean writable) {
            // A head fits any buffer.
        }

        @Override
        public void onUpstreamReadComplete() {
            // Nothing to flush.
        }

        private void fail(ErrorType error, String detail) {
            ticket.cancel();
            cancelTimeout();
            if (connection != null) {
                connection.close();
                connection = null;
            }
            reply.completeExceptionally(new CallFailedException(error, detail));
        }

        private void cancelTimeout() {
            if (timeout != null) {
                timeout.cancel(false);
            }
        }
    }
}
