// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.net;

import io.netty.channel.FileRegion;
import java.io.IOException;

/**
 * A pipe in the kernel between two sockets: filled from one, emptied into the other, in turns. Used on their event loop.
 */
public interface SplicePipe extends AutoCloseable {
    /**
     * Takes at most {@code most} bytes from the source. The pipe must be empty.
     *
     * @return how many; 0 where none wait, be it for now or for good: only a read can tell
     * @throws IOException when the source's connection is broken
     */
    int fill(long most) throws IOException;

    /**
     * What {@link #fill} has taken, as a message for the destination's channel, which owns it. The pipe is empty again when
     * the message has been written.
     */
    FileRegion contents();

    /** Gives the pipe back, at once or when its contents have been written or given up. */
    @Override
    void close();
}
