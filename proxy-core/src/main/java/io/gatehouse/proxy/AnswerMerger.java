// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy;

import io.gatehouse.proxy.http1.HttpViolation;
import io.gatehouse.proxy.http1.ResponseHead;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Port: makes one answer of those of several upstreams, as they stream by. The exchange pulls: it asks for the next bytes only while
 * the client takes those before, and lets a part send only while {@link #wants} says so; so memory is bounded however long the
 * parts are, and however slow the client is.
 *
 * <p>All methods are called on one event loop, for one answer, and none blocks. To a request with HEAD the parts have no bodies,
 * and no more than the head is asked for.
 */
public interface AnswerMerger extends AutoCloseable {
    /** What {@link #next} may write in one go. */
    int MOST_BYTES = 16 << 10;

    /** The head of a part's answer, valid during the call; whether its body is taken. If not, the part is over. */
    boolean onHead(int part, ResponseHead head);

    /**
     * The next bytes of a part's body, which the merger owns.
     *
     * @throws HttpViolation where they cannot be what was asked for; the part has then failed
     */
    void onBody(int part, ByteBuf piece) throws HttpViolation;

    /**
     * A part is whole.
     *
     * @throws HttpViolation where it cannot be; it has then failed
     */
    void onEnd(int part) throws HttpViolation;

    /** A part gives no answer, or no more of one. */
    void onFailed(int part, ErrorType error);

    /**
     * Status and fields of the answer, as soon as they can be told; its body comes by {@link #next}. Null until then, and for good
     * where the parts that are missing leave nothing to be told: the client gets the first one's error. Not called any more once it
     * has been told.
     */
    @Nullable
    LocalResponse head();

    /** Whether more of a part's body is of use now. */
    boolean wants(int part);

    /**
     * Makes ready to take a part from its beginning once more, where it failed in its body and that may help; returns whether it is to
     * be asked again. The part's next call is then {@link #onHead} or {@link #onFailed}.
     */
    boolean restart(int part);

    /**
     * Writes the next bytes into an empty buffer; none where parts have to say something first, or all is said.
     *
     * @throws HttpViolation where the answer cannot be whole any more; the client's connection is cut
     */
    void next(ByteBuf out) throws HttpViolation;

    /** Whether all is said. */
    boolean isOver();

    /** The last call, in whatever way the answer ended: releases what is held. */
    @Override
    void close();
}
