// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.exchange;

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
final class EventResponse extends StreamedAnswer {
    /** Comments in the time for which an idle connection is kept: others in between are about as patient as we are. */
    private static final int HEARTBEATS = 4;

    /** A comment, which clients skip. */
    private static final byte[] HEARTBEAT = ":\n\n".getBytes(StandardCharsets.US_ASCII);

    private static final LocalResponse HEAD = new LocalResponse(200, "text/event-stream", new byte[0], List.of())
            .with("Cache-Control", "no-store")
            // nginx would hold events back.
            .with("X-Accel-Buffering", "no");

    private static final int FIRST_SIZE = 512;

    private final EventStream stream;
    /** Whether a look is on its way to the event loop already. */
    private final AtomicBoolean waking = new AtomicBoolean();

    private boolean isTold;
    private boolean closed;
    private long lastWriteNanos;

    /** {@code keepAlive}: whether the connection may live on after the stream's end. */
    EventResponse(Downstream downstream, EventStream stream, RequestHead request, boolean keepAlive) {
        super(downstream, request, keepAlive);
        this.stream = stream;
    }

    @Override
    void open() {
        if (begin(HEAD)) {
            lastWriteNanos = downstream().loop().nanoTime();
            isTold = true;
            stream.open(this::wake);
        }
        downstream().exchange().onProgress(this);
    }

    /** There is something to tell. From any thread; many wishes become one look. */
    private void wake() {
        if (waking.compareAndSet(false, true)) {
            downstream().loop().eventLoop().execute(() -> {
                waking.set(false);
                downstream().exchange().onProgress(this);
            });
        }
    }

    @Override
    boolean proceed() {
        Http1FrontendHandler client = downstream().frontend();
        while (isTold && !closed && client.isWritable()) {
            ByteBuf events = piece(FIRST_SIZE, EventStream.MOST_BYTES);
            try {
                stream.next(events);
                if (!events.isReadable()) {
                    return stream.isOver();
                }
                tell(events.retain());
            } finally {
                events.release();
            }
            // What is not flushed does not count as taken or not.
            client.writer().flush();
        }
        return closed || !isTold;
    }

    /** A comment where nothing was told for a while, unless the client does not even take what was told. */
    @Override
    void onTick(long nowNanos) {
        LoopContext loop = downstream().loop();
        if (loop.environment().endsConnections()) {
            // A whole end: EventSource connects again.
            close();
            downstream().exchange().onProgress(this);
            return;
        }
        long silence = loop.environment().settings().downstream().keepAlive().toNanos() / HEARTBEATS;
        Http1FrontendHandler client = downstream().frontend();
        if (nowNanos - lastWriteNanos > silence && WriteProgress.isFlushed(client.channel())) {
            tell(piece(HEARTBEAT.length, HEARTBEAT.length).writeBytes(HEARTBEAT));
            client.writer().flush();
        }
    }

    @Override
    boolean isEndless() {
        return true;
    }

    /** Owns {@code piece}. */
    private void tell(ByteBuf piece) {
        lastWriteNanos = downstream().loop().nanoTime();
        write(piece);
    }

    @Override
    void close() {
        if (!closed) {
            closed = true;
            stream.close();
        }
    }
}
