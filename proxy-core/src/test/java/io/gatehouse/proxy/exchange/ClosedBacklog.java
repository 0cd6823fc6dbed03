// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.exchange;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;

/** A port on which connecting takes for ever: nobody accepts, and the backlog is full. */
final class ClosedBacklog implements AutoCloseable {
    private static final int ENOUGH = 16;

    private final ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    private final List<Socket> fillers = new ArrayList<>();

    ClosedBacklog() throws IOException {
        for (int i = 0; i < ENOUGH; i++) {
            Socket filler = new Socket();
            fillers.add(filler);
            try {
                filler.connect(new InetSocketAddress(server.getInetAddress(), server.getLocalPort()), 100);
            } catch (SocketTimeoutException full) {
                return;
            }
        }
        throw new IOException("the backlog does not fill up");
    }

    int port() {
        return server.getLocalPort();
    }

    @Override
    public void close() throws IOException {
        for (Socket filler : fillers) {
            filler.close();
        }
        server.close();
    }
}
