// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.exchange;

import io.gatehouse.proxy.LocalResponse;
import io.gatehouse.proxy.http1.BodyEncoder.Framing;
import io.gatehouse.proxy.http1.HeadWriter;
import io.gatehouse.proxy.http1.Method;
import io.gatehouse.proxy.http1.RequestHead;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.nio.charset.StandardCharsets;

/**
 * A response of ours whose length nobody knows when it begins: head, pieces, end. Every piece is a whole chunk, with the line end
 * behind it: nothing waits for the piece after it. On one event loop.
 */
final class StreamedAnswer {
    /** Bytes that a piece has to have room for besides its own. */
    static final int LINE_END = 2;

    private static final byte[] LAST_CHUNK = "0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final int SIZE_LINE = 12;

    private final Http1FrontendHandler frontend;
    private final LoopContext loop;
    private final ExchangeRecord record;
    private final Framing framing;
    private final boolean keepAlive;

    /** {@code keepAlive}: whether the connection may live on after the answer. */
    StreamedAnswer(
            Http1FrontendHandler frontend,
            LoopContext loop,
            ExchangeRecord record,
            RequestHead request,
            boolean keepAlive) {
        this.frontend = frontend;
        this.loop = loop;
        this.record = record;
        this.framing = framing(request);
        this.keepAlive = keepAlive && framing != Framing.UNTIL_CLOSE;
    }

    private static Framing framing(RequestHead request) {
        if (request.method() == Method.HEAD) {
            return Framing.IDENTITY;
        }
        return request.minorVersion() >= 1 ? Framing.CHUNKED : Framing.UNTIL_CLOSE;
    }

    /** Whether the connection may live on after the end. */
    boolean keepsAlive() {
        return keepAlive;
    }

    /** Writes status and fields of {@code head}, whose body does not count; returns whether a body may follow. */
    boolean begin(LocalResponse head, RequestHead request) {
        record.status = head.status();
        ByteBuf out = frontend.writer().begin(LocalAnswers.size(head));
        LocalAnswers.statusLine(head.status(), LocalAnswers.WALL_CLOCK, out);
        LocalAnswers.contentType(head, out);
        LocalAnswers.fields(head, out);
        if (framing == Framing.CHUNKED) {
            LocalAnswers.line(out, "Transfer-Encoding: chunked");
        }
        LocalAnswers.connection(request, keepAlive, out);
        out.writeShort(HeadWriter.CR_LF);
        if (framing == Framing.UNTIL_CLOSE) {
            frontend.resetUnlessWhole();
        }
        return framing != Framing.IDENTITY;
    }

    /** Owns {@code piece}, which has room for {@link #LINE_END} more. */
    void write(ByteBuf piece) {
        record.bytesOut += piece.readableBytes();
        if (framing == Framing.CHUNKED) {
            ByteBuf size = loop.environment().allocator().ioBuffer(SIZE_LINE);
            ByteBufUtil.writeAscii(size, Integer.toHexString(piece.readableBytes()));
            size.writeShort(HeadWriter.CR_LF);
            frontend.writer().write(size);
            piece.writeShort(HeadWriter.CR_LF);
        }
        frontend.writer().write(piece);
    }

    /** The body is whole. */
    void end() {
        if (framing == Framing.CHUNKED) {
            frontend.writer().begin(LAST_CHUNK.length).writeBytes(LAST_CHUNK);
        }
    }
}
