// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.exchange;

import io.gatehouse.proxy.Boundary;
import io.gatehouse.proxy.EventStream;
import io.gatehouse.proxy.LocalResponse;
import io.gatehouse.proxy.http1.RequestHead;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One response of server-sent events on its way to a client: head, events as the client takes them, comments while nothing is
 * told, the end. Everything but {@link #wake} happens on the event loop.
 */
final class EventResponse {
    /** Comments in the time for which an idle connection is kept: others in between are about as patient as we are. */
    private static final int HEARTBEATS = 4;

    /** A comment, which clients skip. */
    private static final byte[] HEARTBEAT = ":\n\n".getBytes(StandardCharsets.US_ASCII);

    private static final LocalResponse HEAD = new LocalResponse(200, "text/event-stream", new byte[0], List.of())
            .with("Cache-Control", "no-store")
            // nginx would hold events back.
            .with("X-Accel-Buffering", "no");

    private static final int FIRST_SIZE = 512;
    private static final int COMMENT_SIZE = 16;

    private final ExchangeStateMachine exchange;
    private final Http1FrontendHandler frontend;
    private final LoopContext loop;
    private final EventStream stream;
    private final StreamedAnswer answer;
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
        this.stream = stream;
        this.answer = new StreamedAnswer(frontend, loop, record, request, keepAlive);
    }

    /** Whether the connection may live on after the end. */
    boolean keepsAlive() {
        return answer.keepsAlive();
    }

    /** Writes the head; returns whether events follow. */
    boolean begin(RequestHead request, Boundary boundary) {
        if (!answer.begin(LocalAnswers.with(boundary, request, HEAD), request)) {
            return false;
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
            ByteBuf events = loop.environment()
                    .allocator()
                    .ioBuffer(FIRST_SIZE, EventStream.MOST_BYTES + StreamedAnswer.LINE_END);
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
            ByteBuf comment = loop.environment().allocator().ioBuffer(COMMENT_SIZE);
            write(comment.writeBytes(HEARTBEAT));
            frontend.writer().flush();
        }
    }

    /** Owns {@code piece}. */
    private void write(ByteBuf piece) {
        lastWriteNanos = loop.nanoTime();
        answer.write(piece);
    }

    /** The body is whole. */
    void end() {
        answer.end();
    }

    /** Nothing is asked for any more. */
    void close() {
        if (!closed) {
            closed = true;
            stream.close();
        }
    }
}
