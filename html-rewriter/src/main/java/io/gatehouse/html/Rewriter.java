// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.html;

import io.netty.buffer.ByteBuf;
import java.util.function.Consumer;

/**
 * Edits one document as it streams by, in pieces of any size. For one thread.
 *
 * <p><b>Ownership.</b> {@link #write} owns what it is given, the consumer what it gets; {@link #close} releases what is held.
 */
public interface Rewriter extends AutoCloseable {
    /** The next bytes of the document. */
    void write(ByteBuf in, Consumer<ByteBuf> out);

    /** The document is complete: hands over what is still held. */
    void finish(Consumer<ByteBuf> out);

    /** Forgets the document, after {@link #finish} or instead of it. */
    @Override
    void close();
}
