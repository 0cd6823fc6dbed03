// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.http2;

import io.gatehouse.proxy.ErrorType;
import io.gatehouse.proxy.Upstream;
import io.gatehouse.proxy.grpc.GrpcStatus;
import io.gatehouse.proxy.grpc.UnaryCalls;
import io.gatehouse.proxy.grpc.UnaryCalls.Reply;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One call of ours. On its event loop only. */
final class UnaryCall implements AnswerListener, ServerLinks.Waiter {
    /** A flag and a length before each message. */
    private static final int PREFIX = 5;

    private final GrpcLoop loop;
    private final Upstream server;
    private final String path;
    private final Map<AsciiString, String> metadata;
    private final byte[] message;
    private final CompletableFuture<Reply> reply;
    private final ByteBuf body = Unpooled.buffer(0);
    private @Nullable ServerStream stream;
    private @Nullable ScheduledFuture<?> deadline;

    UnaryCall(
            GrpcLoop loop,
            Upstream server,
            String path,
            Map<AsciiString, String> metadata,
            byte[] message,
            CompletableFuture<Reply> reply) {
        this.loop = loop;
        this.server = server;
        this.path = path;
        this.metadata = metadata;
        this.message = message;
        this.reply = reply;
    }

    void start(Duration timeout) {
        deadline = loop.loop()
                .eventLoop()
                .schedule(
                        () -> {
                            failed(ErrorType.HTTP_RESPONSE_TIMEOUT);
                            loop.flush();
                        },
                        timeout.toNanos(),
                        TimeUnit.NANOSECONDS);
        loop.links().acquire(server, this);
        loop.flush();
    }

    @Override
    public boolean isWaiting() {
        return !reply.isDone();
    }

    @Override
    public void onLink(ServerLink link) {
        Http2Headers head = new DefaultHttp2Headers(false, 8)
                .method(CallMetadata.POST)
                .scheme(server.isSecure() ? CallMetadata.HTTPS : CallMetadata.HTTP)
                .path(path)
                .authority(server.authority())
                .add(CallMetadata.CONTENT_TYPE, CallMetadata.GRPC)
                .add(CallMetadata.TE, CallMetadata.TRAILERS);
        metadata.forEach(head::add);
        ServerStream opened = link.open(head, false, this);
        if (opened == null) {
            failed(ErrorType.CONNECTION_TERMINATED);
            return;
        }
        stream = opened;
        ByteBuf framed = link.context().alloc().buffer(PREFIX + message.length);
        framed.writeByte(0).writeInt(message.length).writeBytes(message);
        opened.write(framed, true);
    }

    @Override
    public void onNoLink(ErrorType error, String reason) {
        over(new Reply.Failed(error, reason));
    }

    @Override
    public void onHead(Http2Headers headers, boolean end) {
        CharSequence status = headers.status();
        if (status == null || !CallMetadata.OK.contentEquals(status)) {
            failed(ErrorType.HTTP_PROTOCOL_ERROR);
        } else if (end) {
            onTrailers(headers);
        }
    }

    @Override
    public int onData(ByteBuf data, boolean end) {
        int bytes = data.readableBytes();
        if (end) {
            failed(ErrorType.HTTP_RESPONSE_INCOMPLETE);
        } else if (body.readableBytes() + bytes > UnaryCalls.MOST_BYTES + PREFIX) {
            failed(ErrorType.HTTP_RESPONSE_CONTENT_CODING);
        } else {
            body.writeBytes(data, data.readerIndex(), bytes);
        }
        return bytes;
    }

    @Override
    public void onTrailers(Http2Headers headers) {
        CharSequence code = headers.get(StatusTrailers.STATUS);
        CharSequence text = headers.get(StatusTrailers.MESSAGE);
        GrpcStatus status = code == null ? GrpcStatus.UNKNOWN : GrpcStatus.of(code);
        int length = body.readableBytes() < PREFIX ? -1 : body.getInt(1);
        boolean whole = length == body.readableBytes() - PREFIX && body.getByte(0) == 0;
        if (status == GrpcStatus.OK && !whole) {
            failed(ErrorType.HTTP_RESPONSE_INCOMPLETE);
            return;
        }
        over(new Reply.Answered(
                status,
                text == null ? "" : StatusTrailers.percentDecoded(text),
                whole ? ByteBufUtil.getBytes(body, PREFIX, length) : new byte[0]));
    }

    @Override
    public void onLost(ErrorType error) {
        failed(error);
    }

    @Override
    public void onReset(ErrorType error, GrpcStatus status) {
        failed(error);
    }

    private void failed(ErrorType error) {
        over(new Reply.Failed(error));
    }

    private void over(Reply result) {
        ServerStream open = stream;
        if (open != null) {
            open.cancel();
        }
        ScheduledFuture<?> timer = deadline;
        if (timer != null) {
            timer.cancel(false);
        }
        reply.complete(result);
    }
}
