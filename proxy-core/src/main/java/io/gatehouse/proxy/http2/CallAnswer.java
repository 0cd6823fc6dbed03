// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.http2;

import io.gatehouse.proxy.ErrorType;
import io.gatehouse.proxy.grpc.GrpcStatus;
import io.gatehouse.proxy.grpc.RoutedCall;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Stream;
import org.jspecify.annotations.Nullable;

/**
 * A server's answer on its way to the client: the part of a {@link GrpcExchange} from the moment that it has a server. On the event
 * loop only.
 *
 * <p><b>Credit.</b> The server may send more as soon as nothing of the answer waits here any more.
 */
final class CallAnswer implements AnswerListener {
    private final GrpcExchange exchange;
    private final ClientConnection client;
    private final Http2Stream stream;
    private final RoutedCall call;
    private final CallRecord record;
    private final OwedCredit credit = new OwedCredit(this::serverMaySend);
    private @Nullable ServerStream server;
    private @Nullable MessageBoundary boundary;
    private boolean headSent;
    private boolean lettingGo;

    /** {@code stream}: the client's. */
    CallAnswer(GrpcExchange exchange, ClientConnection client, Http2Stream stream, RoutedCall call, CallRecord record) {
        this.exchange = exchange;
        this.client = client;
        this.stream = stream;
        this.call = call;
        this.record = record;
    }

    /** For how long the client has had no room for all of it; 0 where it has. */
    long stuckNanos(long nowNanos) {
        return credit.waitingNanos(nowNanos);
    }

    /** Where it comes from. */
    void from(ServerStream opened) {
        server = opened;
    }

    /** Whether the client has got the head, so that an error has to come as trailers. */
    boolean isHeadSent() {
        return headSent;
    }

    @Override
    public void onHead(Http2Headers headers, boolean end) {
        if (!exchange.isOpen()) {
            return;
        }
        CharSequence status = headers.status();
        if (status == null || !CallMetadata.OK.contentEquals(status)) {
            exchange.fail(ErrorType.HTTP_PROTOCOL_ERROR);
        } else if (end) {
            sendTrailers(headers, true);
        } else {
            headSent = true;
            if (call.isResumable()) {
                boundary = new MessageBoundary();
            }
            client.writeHeaders(stream, CallMetadata.answer(headers).status(CallMetadata.OK), false);
        }
    }

    @Override
    public int onData(ByteBuf data, boolean end) {
        int bytes = data.readableBytes();
        if (!exchange.isOpen()) {
            return bytes;
        }
        if (end) {
            // gRPC ends with trailers: whatever came is not known to be whole.
            exchange.fail(ErrorType.HTTP_RESPONSE_INCOMPLETE);
            return bytes;
        }
        int cut = boundary == null ? -1 : boundary.advance(data);
        call.answer(data);
        if (lettingGo && cut >= 0) {
            send(data.retainedSlice(data.readerIndex(), cut));
            leave();
            return bytes;
        }
        send(data.retain());
        credit.add(bytes, client.grpcLoop().loop().nanoTime());
        credit.giveBackOnceSent(client, stream);
        return 0;
    }

    @Override
    public void onTrailers(Http2Headers headers) {
        sendTrailers(headers, false);
    }

    @Override
    public void onLost(ErrorType error) {
        if (exchange.isOpen()) {
            exchange.fail(error);
        }
    }

    @Override
    public void onReset(ErrorType error, GrpcStatus status) {
        if (exchange.isOpen()) {
            exchange.reset(error, status);
        }
    }

    private void serverMaySend(int bytes) {
        if (server != null) {
            server.consumed(bytes);
        }
    }

    /** This process ends: lets go of a call whose client comes back by itself, as soon as a message is whole. */
    void letGo() {
        if (lettingGo || !call.isResumable()) {
            return;
        }
        lettingGo = true;
        if (boundary == null || boundary.isAtEnd()) {
            leave();
        }
    }

    private void leave() {
        call.cancelled();
        exchange.finish(
                headSent
                        ? StatusTrailers.ok()
                        : StatusTrailers.head().add(StatusTrailers.STATUS, GrpcStatus.OK.text()));
        exchange.end(GrpcStatus.OK, null, "left to be resumed");
    }

    /** Sends data to the client; it is taken over. */
    private void send(ByteBuf data) {
        if (!exchange.isOpen()) {
            data.release();
            return;
        }
        record.bytesOut += data.readableBytes();
        client.sentData();
        client.writeData(stream, data, false);
    }

    /** The server's last word; {@code alone} where it is the first as well. */
    private void sendTrailers(Http2Headers headers, boolean alone) {
        if (!exchange.isOpen()) {
            return;
        }
        CharSequence code = headers.get(StatusTrailers.STATUS);
        CharSequence text = headers.get(StatusTrailers.MESSAGE);
        GrpcStatus status = code == null ? GrpcStatus.UNKNOWN : GrpcStatus.of(code);
        call.ended(status, text == null ? "" : StatusTrailers.percentDecoded(text));
        Http2Headers out = CallMetadata.answer(headers);
        exchange.finish(alone ? out.status(CallMetadata.OK) : out);
        exchange.end(status, null, "");
    }

    /** Lets go of the server and of what is held. */
    void close() {
        credit.giveBack();
        if (server != null) {
            server.cancel();
        }
    }
}
