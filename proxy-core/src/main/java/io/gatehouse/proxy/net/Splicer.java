// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.net;

import io.netty.channel.Channel;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Port: moves bytes from one socket to another inside the kernel, where the {@link Transport} can. */
@FunctionalInterface
public interface Splicer {
    /** Of transports that cannot. */
    Splicer NONE = (source, destination) -> null;

    /**
     * A pipe between two channels of one event loop, which is the caller. Null where bytes have to pass through this
     * process, because a handler changes them on their way (TLS) or the channels are of another kind.
     *
     * @throws IOException when no pipe can be had, for want of file descriptors say
     */
    @Nullable
    SplicePipe open(Channel source, Channel destination) throws IOException;
}
