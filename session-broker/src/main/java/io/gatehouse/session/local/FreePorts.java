// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.session.local;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.HashSet;
import java.util.Set;

/**
 * Picks loopback ports for child processes. One instance never gives the same port twice, since a child takes a while
 * until it listens. Between the pick and the child's bind another program may still take the port; Spark then fails
 * at once, because {@link LocalSpark} forbids it to move to the next port.
 */
public final class FreePorts {

    /** A listener on loopback answers in microseconds; this is for a machine under load. */
    private static final int CONNECT_MILLIS = 200;

    private final InetAddress loopback = InetAddress.getLoopbackAddress();
    private final Set<Integer> given = new HashSet<>();

    /** The preferred port if nobody has it, else one that the operating system picks; 0 prefers none. */
    public synchronized int pick(int preferred) throws IOException {
        if (preferred > 0 && !given.contains(preferred) && isFree(preferred)) {
            given.add(preferred);
            return preferred;
        }
        while (true) {
            try (ServerSocket socket = new ServerSocket(0, 1, loopback)) {
                if (given.add(socket.getLocalPort())) {
                    return socket.getLocalPort();
                }
            }
        }
    }

    private boolean isFree(int port) {
        return binds(port) && !answers(port);
    }

    private boolean binds(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, loopback)) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }

    /** Asked too, since some systems let a loopback address be bound beside a listener on all addresses. */
    private boolean answers(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(loopback, port), CONNECT_MILLIS);
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
