// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.testkit;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import javax.net.ssl.SSLException;

/** A client that sends exactly the bytes it is told and shows exactly the bytes that come back. */
public final class RawClient implements AutoCloseable {
    /** How {@link #everything} ends when the connection was reset. */
    public static final String RESET = "<reset>";

    private static final int PATIENCE_MILLIS = 20_000;

    private final Socket socket;
    private final InputStream in;

    public RawClient(InetSocketAddress address) throws IOException {
        this(address, 0);
    }

    /** With a receive buffer of that size, for clients that do not read; 0 for the kernel's choice. */
    public RawClient(InetSocketAddress address, int receiveBuffer) throws IOException {
        this(connected(address, receiveBuffer));
    }

    /** With whatever lies on top of a connected socket, TLS say. */
    public RawClient(Socket socket) throws IOException {
        this.socket = socket;
        this.in = new BufferedInputStream(socket.getInputStream());
    }

    /** A plain connection that does not wait for ever. */
    public static Socket connected(InetSocketAddress address, int receiveBuffer) throws IOException {
        return connected(new Socket(), address, receiveBuffer);
    }

    private static Socket connected(Socket socket, InetSocketAddress address, int receiveBuffer) throws IOException {
        if (receiveBuffer > 0) {
            socket.setReceiveBufferSize(receiveBuffer);
        }
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(PATIENCE_MILLIS);
        socket.connect(address, PATIENCE_MILLIS);
        return socket;
    }

    /** From that address of this machine. */
    public RawClient(InetSocketAddress address, InetAddress from) throws IOException {
        this(connected(bound(from), address, 0));
    }

    private static Socket bound(InetAddress from) throws IOException {
        Socket socket = new Socket();
        socket.bind(new InetSocketAddress(from, 0));
        return socket;
    }

    /** Sends text as ISO 8859-1, one char one byte. */
    public RawClient send(String text) throws IOException {
        return send(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    public RawClient send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
        return this;
    }

    /** A GET without further ado. */
    public RawClient get(String target) throws IOException {
        return send("GET " + target + " HTTP/1.1\r\nHost: example.org\r\n\r\n");
    }

    public Socket socket() {
        return socket;
    }

    public InputStream in() {
        return in;
    }

    /** One whole response as text: head, and the body that its framing announces (chunks are decoded). */
    public Response response() throws IOException {
        return Response.read(in, false);
    }

    /** The response to a HEAD request. */
    public Response headResponse() throws IOException {
        return Response.read(in, true);
    }

    /** The next head alone. */
    public String head() throws IOException {
        return Response.readHead(in);
    }

    /** Everything until the connection ends, in whatever way. */
    public String everything() throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        try {
            in.transferTo(all);
        } catch (SocketException | SSLException reset) {
            all.write(RESET.getBytes(StandardCharsets.US_ASCII));
        }
        return all.toString(StandardCharsets.ISO_8859_1);
    }

    /** Whether the other side has closed, in whatever way; waits for it. */
    public boolean isClosedByPeer() throws IOException {
        try {
            return in.read() < 0;
        } catch (SocketException | SSLException reset) {
            return true;
        }
    }

    /** Ends the connection with a reset. */
    public void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
