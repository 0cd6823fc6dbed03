// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.wiring;

import io.gatehouse.proxy.testkit.TestPki;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameTypes;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersEncoder;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.UUID;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/** One connection of a Connect client that stays open between its calls. It says whether the server may keep its metadata (RFC 7541 §7.1). */
final class ConnectCaller implements AutoCloseable {
    private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final int END_STREAM = 1;
    private static final int END_HEADERS = 4;
    private static final int PATIENCE_MILLIS = 20_000;

    private final Socket socket;
    private final DataInputStream in;
    private final DataOutputStream out;
    private final DefaultHttp2HeadersEncoder encoder;
    private final String session = UUID.randomUUID().toString();
    private int stream = -1;

    /** {@code indexes}: as clients do that put all metadata into the table of the connection; PySpark puts none of its user's there. */
    ConnectCaller(InetSocketAddress door, boolean tls, boolean indexes) throws IOException {
        socket = tls ? secure(door) : new Socket(door.getAddress(), door.getPort());
        socket.setSoTimeout(PATIENCE_MILLIS);
        in = new DataInputStream(socket.getInputStream());
        out = new DataOutputStream(socket.getOutputStream());
        encoder = new DefaultHttp2HeadersEncoder(
                indexes ? Http2HeadersEncoder.NEVER_SENSITIVE : Http2HeadersEncoder.ALWAYS_SENSITIVE);
        out.write(PREFACE);
        frame(Http2FrameTypes.SETTINGS, 0, 0, new byte[0]);
    }

    private static Socket secure(InetSocketAddress door) throws IOException {
        SSLSocket socket = TestPki.socket(TestPki.context(null, null), door, null);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setApplicationProtocols(new String[] {"h2"});
        socket.setSSLParameters(parameters);
        return socket;
    }

    /**
     * A call of {@code Config}, always of the same session.
     *
     * @return whether a server has answered it
     */
    boolean call(Map<String, String> metadata, String userId) throws IOException {
        send("Config", metadata, userId);
        return isAnswered(true);
    }

    /**
     * A call of {@code ExecutePlan} that goes on.
     *
     * @return whether a server has begun to answer it
     */
    boolean begin(Map<String, String> metadata, String userId) throws IOException {
        send("ExecutePlan", metadata, userId);
        return isAnswered(false);
    }

    private void send(String method, Map<String, String> metadata, String userId) throws IOException {
        stream += 2;
        Http2Headers head = new DefaultHttp2Headers()
                .method("POST")
                .scheme("http")
                .path("/spark.connect.SparkConnectService/" + method)
                .authority("spark.example.com")
                .add("content-type", "application/grpc")
                .add("te", "trailers");
        metadata.forEach(head::add);
        ByteBuf block = Unpooled.buffer();
        try {
            encoder.encodeHeaders(stream, head, block);
        } catch (Http2Exception e) {
            throw new IOException(e);
        }
        frame(Http2FrameTypes.HEADERS, END_HEADERS, stream, ByteBufUtil.getBytes(block));
        frame(Http2FrameTypes.DATA, END_STREAM, stream, message(userId));
    }

    /** Session and user: a message without a plan or an operation, which no test's server looks at. */
    private byte[] message(String userId) {
        byte[] id = session.getBytes(StandardCharsets.US_ASCII);
        byte[] user = userId.getBytes(StandardCharsets.UTF_8);
        int length = 2 + id.length + 4 + user.length;
        return ByteBuffer.allocate(5 + length)
                .put((byte) 0)
                .putInt(length)
                .put(new byte[] {0x0a, (byte) id.length})
                .put(id)
                .put(new byte[] {0x12, (byte) (user.length + 2), 0x0a, (byte) user.length})
                .put(user)
                .array();
    }

    /** Reads to the end of the call, or of its first data. An error of the door's own has none. */
    private boolean isAnswered(boolean wholly) throws IOException {
        boolean data = false;
        while (true) {
            int length = in.readUnsignedShort() << 8 | in.readUnsignedByte();
            int type = in.readUnsignedByte();
            int flags = in.readUnsignedByte();
            int of = in.readInt();
            in.readFully(new byte[length]);
            if (of == stream) {
                data |= type == Http2FrameTypes.DATA;
                if ((data && !wholly) || (type <= Http2FrameTypes.HEADERS && (flags & END_STREAM) != 0)) {
                    return data;
                }
            }
        }
    }

    private void frame(byte type, int flags, int of, byte[] payload) throws IOException {
        byte[] all = ByteBuffer.allocate(9 + payload.length)
                .putShort((short) (payload.length >> 8))
                .put((byte) payload.length)
                .put(type)
                .put((byte) flags)
                .putInt(of)
                .put(payload)
                .array();
        out.write(all);
        out.flush();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
