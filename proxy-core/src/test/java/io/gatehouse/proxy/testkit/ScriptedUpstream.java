// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** An upstream that does to each connection exactly what its script says. One virtual thread per connection. */
public final class ScriptedUpstream implements AutoCloseable {
    /** What to do with one connection; the socket is closed afterwards unless the script has done so. */
    @FunctionalInterface
    public interface Script {
        void run(Connection connection) throws Exception;
    }

    /** One accepted connection. */
    public record Connection(Socket socket, int number) {
        public InputStream in() throws IOException {
            return socket.getInputStream();
        }

        /** The next request's head as text. */
        public String head() throws IOException {
            return Response.readHead(in());
        }

        public byte[] bytes(int count) throws IOException {
            return in().readNBytes(count);
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

    private final ServerSocket server;
    private final Script script;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final List<Throwable> failures = new CopyOnWriteArrayList<>();

    public ScriptedUpstream(Script script) throws IOException {
        this.server = new ServerSocket(0, 256, InetAddress.getLoopbackAddress());
        this.script = script;
        Thread.ofVirtual().start(this::accept);
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                socket.setTcpNoDelay(true);
                sockets.add(socket);
                Connection connection = new Connection(socket, sockets.size());
                Thread.ofVirtual().start(() -> serve(connection));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(Connection connection) {
        try (Socket socket = connection.socket()) {
            script.run(connection);
        } catch (Throwable failure) {
            failures.add(failure);
        }
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

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
