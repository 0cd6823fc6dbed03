// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.testkit;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/** An upstream that does to each connection exactly what its script says. One virtual thread per connection. */
public final class ScriptedUpstream implements AutoCloseable {
    /** What to do with one connection; the socket is closed afterwards unless the script has done so. */
    @FunctionalInterface
    public interface Script {
        void run(Connection connection) throws Exception;
    }

    /**
     * One accepted connection.
     *
     * @param transport the TCP connection itself, below TLS where there is TLS
     */
    public record Connection(Socket socket, Socket transport, InputStream in, int number) {

        /** Ends the TCP connection, properly, and TLS not at all. */
        public void cutBelowTls() throws IOException {
            transport.close();
        }

        /** The next request's head as text. */
        public String head() throws IOException {
            return Response.readHead(in);
        }

        /** A request's body as text, told from the framing that its head announces; chunks stay as they are. */
        public String body(String head) throws IOException {
            String length = Response.field(head, "content-length");
            if (length != null) {
                return new String(bytes(Integer.parseInt(length)), StandardCharsets.ISO_8859_1);
            }
            StringBuilder chunks = new StringBuilder();
            while (Response.field(head, "transfer-encoding") != null
                    && !chunks.toString().endsWith("0\r\n\r\n")) {
                chunks.append((char) in.read());
            }
            return chunks.toString();
        }

        /** Waits until the other side has closed, in whatever way, and says how many bytes came before. */
        public long untilClosed() throws IOException {
            long count = 0;
            byte[] buffer = new byte[8192];
            try {
                for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                    count += read;
                }
            } catch (SocketException reset) {
                return count;
            }
            return count;
        }

        public byte[] bytes(int count) throws IOException {
            return in.readNBytes(count);
        }

        public Connection send(String text) throws IOException {
            return send(text.getBytes(StandardCharsets.ISO_8859_1));
        }

        public Connection send(byte[] bytes) throws IOException {
            OutputStream out = socket.getOutputStream();
            out.write(bytes);
            out.flush();
            return this;
        }

        /** Ends the connection with a reset. */
        public void reset() throws IOException {
            socket.setSoLinger(true, 0);
            socket.close();
        }

        /** A plain 200 with that body. */
        public Connection ok(String body) throws IOException {
            return send("HTTP/1.1 200 OK\r\nContent-Length: " + body.getBytes(StandardCharsets.UTF_8).length
                    + "\r\n\r\n" + body);
        }
    }

    private final @Nullable SSLContext tls;
    private final ServerSocket server;
    private final Script script;
    private final Thread acceptor;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final List<Throwable> failures = new CopyOnWriteArrayList<>();

    public ScriptedUpstream(Script script) throws IOException {
        this(null, script);
    }

    /** Speaks TLS; the handshake is the first thing that a connection does. */
    public ScriptedUpstream(@Nullable SSLContext tls, Script script) throws IOException {
        this.tls = tls;
        this.server = new ServerSocket(0, 256, InetAddress.getLoopbackAddress());
        this.script = script;
        // No virtual thread: a socket that is closed just as one of those begins to wait listens on (seen with JDK 25).
        this.acceptor = Thread.ofPlatform().daemon().name("scripted-upstream").start(this::accept);
    }

    /** Answers every request of every connection with the same bytes, once the request is whole. */
    public static ScriptedUpstream answering(String response) throws IOException {
        return new ScriptedUpstream(connection -> {
            while (true) {
                connection.body(connection.head());
                connection.send(response);
            }
        });
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                socket.setTcpNoDelay(true);
                sockets.add(socket);
                int number = sockets.size();
                Thread.ofVirtual().start(() -> serve(socket, number));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(Socket transport, int number) {
        try (Socket socket = layered(transport)) {
            script.run(new Connection(socket, transport, new BufferedInputStream(socket.getInputStream()), number));
        } catch (Throwable failure) {
            failures.add(failure);
        }
    }

    private Socket layered(Socket transport) throws IOException {
        if (tls == null) {
            return transport;
        }
        SSLSocket socket = (SSLSocket) tls.getSocketFactory().createSocket(transport, null, true);
        socket.startHandshake();
        return socket;
    }

    public int port() {
        return server.getLocalPort();
    }

    /** Connections accepted so far. */
    public int connections() {
        return sockets.size();
    }

    /** What scripts threw; a proxy that closes early makes them do so. */
    public List<Throwable> failures() {
        return failures;
    }

    /** Refuses further connections; those that are open go on. */
    public void stopAccepting() throws IOException {
        server.close();
        try {
            // The kernel keeps the socket until the thread has left its call.
            acceptor.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() throws IOException {
        stopAccepting();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
