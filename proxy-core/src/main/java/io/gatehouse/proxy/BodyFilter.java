// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy;

import io.gatehouse.proxy.http1.HttpViolation;
import io.netty.buffer.ByteBuf;
import java.util.function.Consumer;

/**
 * Edits one body as it streams by: bounded memory, any chunk border. Used on one event loop, for one response.
 *
 * <p><b>Ownership.</b> {@link #filter} owns what it is given; the consumer owns what it gets.
 */
public interface BodyFilter extends AutoCloseable {
    /**
     * The next bytes of the body.
     *
     * @throws HttpViolation where they cannot be a body; the response is cut
     */
    void filter(ByteBuf in, Consumer<ByteBuf> out) throws HttpViolation;

    /**
     * The body is complete: hands over what is still held.
     *
     * @throws HttpViolation where it cannot be complete; the response is cut
     */
    void finish(Consumer<ByteBuf> out) throws HttpViolation;

    /** All that the upstream sent in one go has been handed over, and what became of it is on its way to the client. */
    default void onReadComplete() {}

    /** Whether what leaves has no content coding, though what comes has one; asked before the first byte. */
    default boolean decodes() {
        return false;
    }

    /** Releases what is held. Called once, after {@link #finish} or instead of it. */
    @Override
    void close();
}
