// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.it;

import io.gatehouse.proxy.testkit.TestPki;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;

/** Ends TLS before a server of HTTP/2 that has none, as a sidecar does. */
final class TlsFront implements AutoCloseable {
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final SSLServerSocket listening;
    private final int target;

    /** {@code target}: a port of this machine. */
    TlsFront(X509Bundle identity, int target) throws IOException {
        this.target = target;
        listening = (SSLServerSocket) TestPki.context(identity, null)
                .getServerSocketFactory()
                .createServerSocket(0, 50, InetAddress.getLoopbackAddress());
        SSLParameters parameters = listening.getSSLParameters();
        parameters.setApplicationProtocols(new String[] {"h2"});
        listening.setSSLParameters(parameters);
        threads.execute(this::accept);
    }

    int port() {
        return listening.getLocalPort();
    }

    private void accept() {
        while (!listening.isClosed()) {
            try {
                SSLSocket accepted = (SSLSocket) listening.accept();
                threads.execute(() -> serve(accepted));
            } catch (IOException closed) {
                // The loop ends, or the next one comes.
            }
        }
    }

    private void serve(SSLSocket accepted) {
        try (accepted;
                Socket server = new Socket(InetAddress.getLoopbackAddress(), target)) {
            threads.execute(() -> pass(server, accepted));
            pass(accepted, server);
        } catch (IOException over) {
            // Both ends are closed by now.
        }
    }

    /** Until one of them is closed, and then both are. */
    private static void pass(Socket from, Socket to) {
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            in.transferTo(out);
        } catch (IOException over) {
            // As above.
        }
    }

    @Override
    public void close() throws IOException {
        listening.close();
        threads.shutdownNow();
    }
}
