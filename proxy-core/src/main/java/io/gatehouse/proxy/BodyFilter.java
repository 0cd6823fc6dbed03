// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy;

import io.netty.buffer.ByteBuf;
import java.util.function.Consumer;

/**
 * Edits one body as it streams by: bounded memory, any chunk border. Used on one event loop, for one response.
 *
 * <p><b>Ownership.</b> {@link #filter} owns what it is given; the consumer owns what it gets.
 */
public interface BodyFilter extends AutoCloseable {
    void filter(ByteBuf in, Consumer<ByteBuf> out);

    /** The body is complete: hands over what is still held. */
    void finish(Consumer<ByteBuf> out);

    /** Releases what is held. Called once, after {@link #finish} or instead of it. */
    @Override
    void close();
}
