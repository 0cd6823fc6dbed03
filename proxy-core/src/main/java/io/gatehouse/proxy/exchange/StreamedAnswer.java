// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.exchange;

import io.gatehouse.proxy.LocalResponse;
import io.gatehouse.proxy.http1.BodyEncoder.Framing;
import io.gatehouse.proxy.http1.HeadWriter;
import io.gatehouse.proxy.http1.HttpViolation;
import io.gatehouse.proxy.http1.Method;
import io.gatehouse.proxy.http1.RequestHead;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.nio.charset.StandardCharsets;

/**
 * A response of ours whose length nobody knows when it begins: head, pieces, end. Every piece is a whole chunk, with the line end
 * behind it: nothing waits for the piece after it. On the event loop of the client's connection.
 *
 * <p>It goes on by {@link #proceed}, which the {@link ExchangeStateMachine} calls where the client takes more and where
 * {@link ExchangeStateMachine#onProgress} says that there is more.
 */
abstract sealed class StreamedAnswer permits EventResponse, GatherResponse {
    /** Bytes that a piece has to have room for besides its own. */
    private static final int LINE_END = 2;

    private static final byte[] LAST_CHUNK = "0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final int SIZE_LINE = 12;

    private final Downstream downstream;
    private final RequestHead request;
    private final Framing framing;
    private final boolean keepAlive;
    private boolean begun;

    /** {@code keepAlive}: whether the connection may live on after the answer. */
    StreamedAnswer(Downstream downstream, RequestHead request, boolean keepAlive) {
        this.downstream = downstream;
        this.request = request;
        this.framing = framing(request);
        this.keepAlive = keepAlive && framing != Framing.UNTIL_CLOSE;
    }

    private static Framing framing(RequestHead request) {
        if (request.method() == Method.HEAD) {
            return Framing.IDENTITY;
        }
        return request.minorVersion() >= 1 ? Framing.CHUNKED : Framing.UNTIL_CLOSE;
    }

    /** Asks for whatever the answer is made of. What comes of it is told by {@code onProgress}, perhaps before this returns. */
    abstract void open();

    /**
     * Writes what there is while the client takes it; returns whether that was all.
     *
     * @throws HttpViolation where there will be no answer, or not all of it
     */
    abstract boolean proceed() throws HttpViolation;

    /** A beat. */
    void onTick(long nowNanos) {}

    /** Whether its end is the client's to choose: one that goes has heard enough. */
    boolean isEndless() {
        return false;
    }

    /** Nothing is asked of anybody any more; a second call does nothing. */
    abstract void close();

    final Downstream downstream() {
        return downstream;
    }

    final RequestHead request() {
        return request;
    }

    /** Whether the client has seen anything of it. */
    final boolean hasBegun() {
        return begun;
    }

    /** Whether the connection may live on after the end. */
    final boolean keepsAlive() {
        return keepAlive;
    }

    /** Writes status and fields of {@code bare}, whose body does not count; returns whether a body may follow. */
    final boolean begin(LocalResponse bare) {
        begun = true;
        downstream.record().status = bare.status();
        LocalResponse head = LocalAnswers.with(downstream.listener().boundary(), request, bare);
        ByteBuf out = downstream.frontend().writer().begin(LocalAnswers.size(head));
        LocalAnswers.statusLine(head.status(), LocalAnswers.WALL_CLOCK, out);
        LocalAnswers.contentType(head, out);
        LocalAnswers.fields(head, out);
        if (framing == Framing.CHUNKED) {
            LocalAnswers.line(out, "Transfer-Encoding: chunked");
        }
        LocalAnswers.connection(request, keepAlive, out);
        out.writeShort(HeadWriter.CR_LF);
        if (framing == Framing.UNTIL_CLOSE) {
            downstream.frontend().resetUnlessWhole();
        }
        return framing != Framing.IDENTITY;
    }

    /** A buffer for a piece of {@code most} bytes; the caller owns it. */
    final ByteBuf piece(int first, int most) {
        return downstream.loop().environment().allocator().ioBuffer(first, most + LINE_END);
    }

    /** Owns {@code piece}, which is of {@link #piece}. */
    final void write(ByteBuf piece) {
        downstream.record().bytesOut += piece.readableBytes();
        CoalescingWriter writer = downstream.frontend().writer();
        if (framing == Framing.CHUNKED) {
            ByteBuf size = downstream.loop().environment().allocator().ioBuffer(SIZE_LINE);
            ByteBufUtil.writeAscii(size, Integer.toHexString(piece.readableBytes()));
            size.writeShort(HeadWriter.CR_LF);
            writer.write(size);
            piece.writeShort(HeadWriter.CR_LF);
        }
        writer.write(piece);
    }

    /** The body is whole. */
    final void end() {
        if (framing == Framing.CHUNKED) {
            downstream.frontend().writer().begin(LAST_CHUNK.length).writeBytes(LAST_CHUNK);
        }
    }
}
