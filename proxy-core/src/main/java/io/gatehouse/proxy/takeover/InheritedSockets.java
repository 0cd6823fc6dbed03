// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.takeover;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sockets that a new process received. Each listener claims its own; {@link #close} closes those that nobody claimed,
 * which ends a listener that the new configuration does not have once the old process has closed it too.
 */
public final class InheritedSockets implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(InheritedSockets.class);

    private final List<ListeningSocket> unclaimed;

    InheritedSockets(List<ListeningSocket> sockets) {
        this.unclaimed = new ArrayList<>(sockets);
    }

    /** For a process that succeeds nobody. */
    public static InheritedSockets none() {
        return new InheritedSockets(List.of());
    }

    /**
     * The socket of the listener of that name, if it listens where it is to listen; it belongs to the caller from now on.
     * Null: bind another.
     */
    public synchronized @Nullable ListeningSocket claim(String name, InetSocketAddress wanted) {
        for (Iterator<ListeningSocket> rest = unclaimed.iterator(); rest.hasNext(); ) {
            ListeningSocket socket = rest.next();
            if (socket.name().equals(name) && socket.serves(wanted)) {
                rest.remove();
                return socket;
            }
        }
        return null;
    }

    @Override
    public synchronized void close() {
        for (ListeningSocket socket : unclaimed) {
            try {
                socket.descriptor().close();
            } catch (IOException e) {
                LOG.atDebug().setCause(e).addKeyValue("listener", socket.name()).log("closing a socket failed");
            }
        }
        unclaimed.clear();
    }
}
