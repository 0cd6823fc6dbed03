// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.http2;

import io.gatehouse.proxy.exchange.LoopContext;
import io.gatehouse.proxy.exchange.ProxyEnvironment;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import java.util.ArrayDeque;

/** What the HTTP/2 connections of one event loop share. Only that event loop touches it, but for {@link #execute}. */
public final class GrpcLoop {
    private final LoopContext loop;
    private final ServerLinks links;
    private final ArrayDeque<Http2Peer> unflushed = new ArrayDeque<>();
    private final ArrayDeque<ByteBuf> pieces = new ArrayDeque<>();
    private boolean flushing;

    /** {@code linkLimits}: of the connections to servers. */
    public GrpcLoop(LoopContext loop, LinkLimits linkLimits) {
        this.loop = loop;
        this.links = new ServerLinks(this, linkLimits);
    }

    /** What all connections of the loop share. */
    public LoopContext loop() {
        return loop;
    }

    ProxyEnvironment environment() {
        return loop.environment();
    }

    /** The connections to servers. */
    public ServerLinks links() {
        return links;
    }

    /** An empty queue for the pieces of one write; whoever takes it empties it again before it returns. */
    ArrayDeque<ByteBuf> pieces() {
        return pieces;
    }

    /** Something was written that has to be flushed at the end of this turn of the loop. */
    void written(Http2Peer peer) {
        unflushed.add(peer);
    }

    /** Does something on the event loop, at once where this is it: then whoever called flushes what it writes. Any thread may call. */
    void execute(Runnable work) {
        EventLoop eventLoop = loop.eventLoop();
        if (eventLoop.inEventLoop()) {
            work.run();
        } else {
            eventLoop.execute(() -> {
                work.run();
                flush();
            });
        }
    }

    /** Flushes what was written, once for each connection. Called at the end of each read, and of whatever else writes. */
    void flush() {
        if (flushing) {
            // A flush tells of room, and so brings about others: they are behind it in the list.
            return;
        }
        flushing = true;
        try {
            while (!unflushed.isEmpty()) {
                unflushed.removeFirst().flushWritten();
            }
        } finally {
            flushing = false;
        }
    }
}
