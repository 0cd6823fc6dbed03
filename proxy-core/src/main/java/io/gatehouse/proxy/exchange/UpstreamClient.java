// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.exchange;

import io.gatehouse.proxy.ErrorType;
import io.gatehouse.proxy.ForwardTarget;
import io.gatehouse.proxy.OwnAuthorization;
import io.gatehouse.proxy.Upstream;
import io.gatehouse.proxy.UpstreamGroup;
import io.gatehouse.proxy.http1.HeadWriter;
import io.gatehouse.proxy.http1.HeaderName;
import io.gatehouse.proxy.http1.Method;
import io.gatehouse.proxy.http1.ResponseHead;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.util.concurrent.ScheduledFuture;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Asks upstreams on our own behalf: probes of discovery, look-ups. Uses the same pools as the doors; carries no credentials of any
 * client, follows no redirects, takes no more than it was told to.
 *
 * <p>May be called from any thread; futures complete on an event loop, so continue on an executor of your own.
 */
public final class UpstreamClient {
    /**
     * A whole response.
     *
     * @param contentType empty where there was none, as is {@code location}
     */
    public record Reply(int status, String contentType, String location, byte[] body) {}

    /** Why there was no response. */
    public static final class CallFailedException extends Exception {
        private final ErrorType error;

        public CallFailedException(ErrorType error, String detail) {
            super(detail, null, false, false);
            this.error = error;
        }

        public ErrorType error() {
            return error;
        }

        /** Why a call failed whose future, or one that depends on it, completed with {@code failure}; null where that is no call's. */
        public static @Nullable ErrorType in(Throwable failure) {
            Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
            return cause instanceof CallFailedException call ? call.error() : null;
        }
    }

    private final Supplier<LoopContext> loops;

    /** The route of all calls, in metrics. */
    public static final String ROUTE = "internal";

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
        return get(ForwardTarget.to(ROUTE, group), target, maxBody, deadline);
    }

    /** The same to a server with a path before {@code target}, or with credentials of ours; its filters count for nothing. */
    public CompletableFuture<Reply> get(ForwardTarget server, String target, int maxBody, Duration deadline) {
        ByteBuf body = Unpooled.buffer();
        return read(server, target, maxBody, deadline, body::writeBytes)
                .thenApply(reply ->
                        new Reply(reply.status(), reply.contentType(), reply.location(), ByteBufUtil.getBytes(body)));
    }

    /**
     * Sends a GET, and hands the body over piece by piece instead of keeping it, whatever the status.
     *
     * @param maxBody bytes; a longer body fails the call
     * @param body called on an event loop, never blocks; a piece is only lent. What it throws fails the call
     * @return the response without its body
     */
    public CompletableFuture<Reply> read(
            ForwardTarget server, String target, long maxBody, Duration deadline, Consumer<ByteBuf> body) {
        for (int i = 0; i < target.length(); i++) {
            if (target.charAt(i) <= ' ' || target.charAt(i) > '~') {
                throw new IllegalArgumentException("not a request target: " + target);
            }
        }
        LoopContext loop = loops.get();
        String path = new String(server.pathPrefix(), StandardCharsets.US_ASCII) + target;
        Call call = new Call(loop, server, path, maxBody, body);
        loop.eventLoop().execute(() -> call.start(deadline));
        return call.reply;
    }

    private static final class Call extends UpstreamCall {
        private final CompletableFuture<Reply> reply = new CompletableFuture<>();
        private final String path;
        private final long maxBody;
        private final Consumer<ByteBuf> body;
        private long received;
        private @Nullable ScheduledFuture<?> timeout;
        private int status;
        private String contentType = "";
        private String location = "";

        Call(LoopContext loop, ForwardTarget server, String path, long maxBody, Consumer<ByteBuf> body) {
            super(loop, server, Method.GET);
            this.path = path;
            this.maxBody = maxBody;
            this.body = body;
        }

        void start(Duration deadline) {
            timeout = loop().eventLoop()
                    .schedule(
                            () -> fail(ErrorType.HTTP_RESPONSE_TIMEOUT, "no whole response in time"),
                            deadline.toNanos(),
                            TimeUnit.NANOSECONDS);
            begin();
        }

        @Override
        void write(Http1BackendHandler to) {
            OwnAuthorization own = target().authorization();
            byte[] authorization = own == null ? NO_BODY : own.line();
            ByteBuf out = to.writer().begin(256 + path.length() + authorization.length);
            ByteBufUtil.writeAscii(
                    out,
                    "GET " + path + " HTTP/1.1\r\nHost: " + upstream().authority()
                            + "\r\nUser-Agent: gatehouse\r\nAccept: application/json\r\nVia: "
                            + loop().environment().via() + "\r\n");
            out.writeBytes(authorization).writeShort(HeadWriter.CR_LF);
        }

        @Override
        void onHead(ResponseHead head) {
            status = head.status();
            contentType = valueOf(head, HeaderName.CONTENT_TYPE);
            location = valueOf(head, HeaderName.LOCATION);
        }

        private static String valueOf(ResponseHead head, HeaderName name) {
            String value = head.value(name);
            return value == null ? "" : value;
        }

        @Override
        void onBody(ByteBuf piece) {
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
        void onWhole() {
            cancelTimeout();
            reply.complete(new Reply(status, contentType, location, NO_BODY));
        }

        @Override
        void onFailed(ErrorType error, String detail) {
            cancelTimeout();
            reply.completeExceptionally(new CallFailedException(error, detail));
        }

        private void fail(ErrorType error, String detail) {
            cancel();
            onFailed(error, detail);
        }

        private void cancelTimeout() {
            if (timeout != null) {
                timeout.cancel(false);
            }
        }
    }
}
