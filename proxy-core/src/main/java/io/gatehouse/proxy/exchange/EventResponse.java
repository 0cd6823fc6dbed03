// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.exchange;

import io.gatehouse.proxy.Boundary;
import io.gatehouse.proxy.EventStream;
import io.gatehouse.proxy.LocalResponse;
import io.gatehouse.proxy.http1.BodyEncoder.Framing;
import io.gatehouse.proxy.http1.HeadWriter;
import io.gatehouse.proxy.http1.Method;
import io.gatehouse.proxy.http1.RequestHead;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One response of server-sent events on its way to a client: head, events as the client takes them, comments while nothing is
 * told, the end. Everything but {@link #wake} happens on the event loop.
 *
 * <p>Every piece is a whole chunk, with the line end behind it: nothing waits for the piece after it.
 */
final class EventResponse {
    /** Comments in the time for which an idle connection is kept: others in between are about as patient as we are. */
    private static final int HEARTBEATS = 4;

    /** A comment, which clients skip. */
    private static final byte[] HEARTBEAT = ":\n\n".getBytes(StandardCharsets.US_ASCII);

    private static final byte[] LAST_CHUNK = "0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final int HEAD_SIZE = 384;
    private static final int SIZE_LINE = 12;
    private static final int FIRST_SIZE = 512;

    private final ExchangeStateMachine exchange;
    private final Http1FrontendHandler frontend;
    private final LoopContext loop;
    private final ExchangeRecord record;
    private final EventStream stream;
    private final Framing framing;
    private final boolean keepAlive;
    /** Whether a look is on its way to the event loop already. */
    private final AtomicBoolean waking = new AtomicBoolean();

    private boolean closed;
    private long lastWriteNanos;

    /** {@code keepAlive}: whether the connection may live on after the stream's end. */
    EventResponse(
            ExchangeStateMachine exchange,
            Http1FrontendHandler frontend,
            LoopContext loop,
            ExchangeRecord record,
            EventStream stream,
            RequestHead request,
            boolean keepAlive) {
        this.exchange = exchange;
        this.frontend = frontend;
        this.loop = loop;
        this.record = record;
        this.stream = stream;
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

    /** Writes the head; returns whether events follow. */
    boolean begin(RequestHead request, Boundary boundary) {
        record.status = 200;
        ByteBuf out = frontend.writer().begin(HEAD_SIZE);
        LocalAnswers.statusLine(200, LocalAnswers.WALL_CLOCK, out);
        LocalAnswers.line(out, "Content-Type: text/event-stream");
        LocalAnswers.line(out, "X-Content-Type-Options: nosniff");
        LocalAnswers.line(out, "Cache-Control: no-store");
        // nginx would hold events back.
        LocalAnswers.line(out, "X-Accel-Buffering: no");
        for (LocalResponse.Field field : boundary.responses().fields()) {
            LocalAnswers.line(out, field.name() + ": " + field.value());
        }
        out.writeBytes(boundary.cors().lines(request));
        if (framing == Framing.CHUNKED) {
            LocalAnswers.line(out, "Transfer-Encoding: chunked");
        }
        if (!keepAlive) {
            LocalAnswers.line(out, "Connection: close");
        } else if (request.minorVersion() == 0) {
            LocalAnswers.line(out, "Connection: keep-alive");
        }
        out.writeShort(HeadWriter.CR_LF);
        if (framing == Framing.IDENTITY) {
            return false;
        }
        if (framing == Framing.UNTIL_CLOSE) {
            frontend.resetUnlessWhole();
        }
        lastWriteNanos = loop.nanoTime();
        stream.open(this::wake);
        return true;
    }

    /** There is something to tell. From any thread; many wishes become one look. */
    private void wake() {
        if (waking.compareAndSet(false, true)) {
            loop.eventLoop().execute(() -> {
                waking.set(false);
                exchange.onEvents(this);
            });
        }
    }

    /** Writes what there is to tell while the client takes it; returns whether the stream is over. */
    boolean pull() {
        while (!closed && frontend.isWritable()) {
            ByteBuf events = loop.environment().allocator().ioBuffer(FIRST_SIZE, EventStream.MOST_BYTES + 2);
            try {
                stream.next(events);
                if (!events.isReadable()) {
                    return stream.isOver();
                }
                write(events.retain());
            } finally {
                events.release();
            }
            // What is not flushed does not count as taken or not.
            frontend.writer().flush();
        }
        return false;
    }

    /** A beat: a comment where nothing was told for a while, unless the client does not even take what was told. */
    void onTick(long now) {
        long silence = loop.environment().settings().downstream().keepAlive().toNanos() / HEARTBEATS;
        if (now - lastWriteNanos > silence && WriteProgress.isFlushed(frontend.channel())) {
            ByteBuf comment = loop.environment().allocator().ioBuffer(SIZE_LINE);
            write(comment.writeBytes(HEARTBEAT));
            frontend.writer().flush();
        }
    }

    /** Owns {@code piece}, which has room for two bytes more. */
    private void write(ByteBuf piece) {
        record.bytesOut += piece.readableBytes();
        lastWriteNanos = loop.nanoTime();
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

    /** Nothing is asked for any more. */
    void close() {
        if (!closed) {
            closed = true;
            stream.close();
        }
    }
}
