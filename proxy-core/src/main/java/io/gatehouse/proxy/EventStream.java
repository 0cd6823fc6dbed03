// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy;

import io.netty.buffer.ByteBuf;

/**
 * Port: server-sent events (WHATWG HTML, section 9.2) for one client, for as long as it listens. The exchange pulls: it asks
 * for the next events only while the client takes what was written before, so a client that does not read costs no memory,
 * and a stream that tells the present state when it is asked never has a backlog.
 *
 * <p>All methods are called on the event loop of the client's connection, one after the other, and never block.
 *
 * <p>A client that leaves ends the stream, and so does a process that drains: the response then ends as a whole one, and
 * {@code EventSource} connects again, to whoever serves then. Where nothing is told for a while, the exchange sends comments, so
 * that nobody in between takes the connection for dead.
 */
public interface EventStream extends AutoCloseable {
    /** What {@link #next} may write in one go. */
    int MOST_BYTES = 64 << 10;

    /**
     * The client listens from now on. Not called for HEAD, nor where the client has left before; so what needs an end is taken
     * here and not earlier.
     *
     * @param more to be run, from any thread and as often as one likes, when there is something to tell; costs little, and
     *     nothing once the stream is closed
     */
    void open(Runnable more);

    /** Writes whole events, as bytes of {@code text/event-stream}, into an empty buffer; nothing where there is nothing to tell. */
    void next(ByteBuf out);

    /** Whether nothing will be told any more, asked after {@link #next} had nothing. */
    boolean isOver();

    /** The last call, in whatever way the response ended; without {@link #open} for HEAD. */
    @Override
    void close();
}
