// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.http2;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One end of an HTTP/2 connection, frame by frame (RFC 9113 section 4.1): what a test does not write is not written. */
final class Http2Wire implements AutoCloseable {
    static final int DATA = 0;
    static final int HEADERS = 1;
    static final int PRIORITY = 2;
    static final int RST_STREAM = 3;
    static final int SETTINGS = 4;
    static final int PING = 6;
    static final int GOAWAY = 7;
    static final int WINDOW_UPDATE = 8;
    static final int CONTINUATION = 9;
    static final int END_STREAM = 1;
    static final int ACK = 1;
    static final int END_HEADERS = 4;
    /** More than either side of the door takes. */
    private static final int MOST_HEADERS = 128 << 10;

    static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    /**
     * A frame.
     *
     * @param headers of a header section; null of any other
     */
    record Frame(
            int type,
            int flags,
            int stream,
            byte[] payload,
            @Nullable Http2Headers headers) {
        boolean ends() {
            return (type == DATA || type == HEADERS) && (flags & END_STREAM) != 0;
        }

        /** The number in a RST_STREAM, or the second of a GOAWAY. */
        long code() {
            int at = type == GOAWAY ? 4 : 0;
            return Unpooled.wrappedBuffer(payload).getUnsignedInt(at);
        }

        /** The first number of a GOAWAY: the last stream that counts. */
        int lastStream() {
            return Unpooled.wrappedBuffer(payload).getInt(0);
        }

        String header(String name) {
            CharSequence value = headers == null ? null : headers.get(name);
            return String.valueOf(value);
        }
    }

    private final Socket socket;
    private final DataInputStream in;
    private final DataOutputStream out;
    private final DefaultHttp2HeadersEncoder encoder = new DefaultHttp2HeadersEncoder();
    /** What came before the other side knew of our settings. */
    private final ArrayDeque<Frame> early = new ArrayDeque<>();

    private final DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder(false, MOST_HEADERS);

    Http2Wire(Socket socket) throws IOException {
        this.socket = socket;
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(20_000);
        this.in = new DataInputStream(socket.getInputStream());
        this.out = new DataOutputStream(socket.getOutputStream());
    }

    /** A client that has said what it has to, with these settings (number, value, number, value…). */
    static Http2Wire client(int port, int... settings) throws IOException {
        Http2Wire wire = new Http2Wire(new Socket(InetAddress.getLoopbackAddress(), port));
        wire.out.write(PREFACE);
        wire.settings(settings);
        // Windows are as large as they are said to be only from the acknowledgement on.
        wire.await(SETTINGS);
        wire.frame(SETTINGS, ACK, 0, new byte[0]);
        return wire;
    }

    /**
     * The server's end of a connection that came in. Its settings count already: what the other side has begun before it knew of them is
     * read later.
     */
    static Http2Wire server(Socket accepted, int... settings) throws IOException {
        Http2Wire wire = new Http2Wire(accepted);
        wire.in.readFully(new byte[PREFACE.length]);
        wire.settings(settings);
        wire.await(SETTINGS);
        wire.frame(SETTINGS, ACK, 0, new byte[0]);
        wire.awaitAcknowledgement();
        return wire;
    }

    private void awaitAcknowledgement() throws IOException {
        Frame frame = receive();
        while (frame != null && (frame.type() != SETTINGS || frame.flags() != ACK)) {
            early.add(frame);
            frame = receive();
        }
    }

    /** Sends settings (number, value, number, value…). */
    void settings(int... settings) throws IOException {
        ByteBuf payload = Unpooled.buffer();
        for (int i = 0; i < settings.length; i += 2) {
            payload.writeShort(settings[i]).writeInt(settings[i + 1]);
        }
        frame(SETTINGS, 0, 0, ByteBufUtil.getBytes(payload));
    }

    /** How long a read waits, in milliseconds. */
    void timeout(int millis) throws IOException {
        socket.setSoTimeout(millis);
    }

    synchronized void frame(int type, int flags, int stream, byte[] payload) throws IOException {
        out.write(payload.length >> 16);
        out.writeShort(payload.length);
        out.write(type);
        out.write(flags);
        out.writeInt(stream);
        out.write(payload);
        out.flush();
    }

    synchronized void headers(int stream, Http2Headers headers, boolean end) throws IOException {
        ByteBuf block = Unpooled.buffer();
        try {
            encoder.encodeHeaders(stream, headers, block);
        } catch (Http2Exception e) {
            throw new IOException(e);
        }
        frame(HEADERS, END_HEADERS | (end ? END_STREAM : 0), stream, ByteBufUtil.getBytes(block));
    }

    /** A header section of these fields ({@code name=value}) as they stand, be they what no encoder would write. */
    void block(int stream, boolean end, List<String> fields) throws IOException {
        ByteBuf block = Unpooled.buffer();
        for (String field : fields) {
            int equals = field.indexOf('=');
            block.writeBytes(field(field.substring(0, equals), field.substring(equals + 1)));
        }
        frame(HEADERS, END_HEADERS | (end ? END_STREAM : 0), stream, ByteBufUtil.getBytes(block));
    }

    /** A field as a literal that no table takes up (RFC 7541 section 6.2.2), and not squeezed. */
    static byte[] field(String name, String value) {
        ByteBuf out = Unpooled.buffer().writeByte(0);
        for (String part : List.of(name, value)) {
            int length = part.length();
            // A number with a prefix of seven bits (section 5.1)
            out.writeByte(Math.min(length, 127));
            if (length >= 127) {
                int rest = length - 127;
                for (; rest >= 128; rest /= 128) {
                    out.writeByte(rest % 128 + 128);
                }
                out.writeByte(rest);
            }
            out.writeBytes(part.getBytes(StandardCharsets.ISO_8859_1));
        }
        return ByteBufUtil.getBytes(out);
    }

    void data(int stream, byte[] data, boolean end) throws IOException {
        frame(DATA, end ? END_STREAM : 0, stream, data);
    }

    void window(int stream, int more) throws IOException {
        frame(WINDOW_UPDATE, 0, stream, Unpooled.copyInt(more).array());
    }

    void reset(int stream, int code) throws IOException {
        frame(RST_STREAM, 0, stream, Unpooled.copyInt(code).array());
    }

    /** The next frame, a header section with all its parts; null at the end of the connection. Acknowledges nothing by itself. */
    @Nullable
    Frame read() throws IOException {
        return early.isEmpty() ? receive() : early.removeFirst();
    }

    private @Nullable Frame receive() throws IOException {
        int length = in.read();
        if (length < 0) {
            return null;
        }
        length = length << 16 | in.readUnsignedShort();
        int type = in.readUnsignedByte();
        int flags = in.readUnsignedByte();
        int stream = in.readInt() & Integer.MAX_VALUE;
        byte[] payload = new byte[length];
        in.readFully(payload);
        Http2Headers headers = null;
        if (type == HEADERS) {
            for (int part = flags; (part & END_HEADERS) == 0; ) {
                int more = in.readUnsignedByte() << 16 | in.readUnsignedShort();
                assertThat(in.readUnsignedByte()).isEqualTo(CONTINUATION);
                part = in.readUnsignedByte();
                in.readInt();
                int before = payload.length;
                payload = Arrays.copyOf(payload, before + more);
                in.readFully(payload, before, more);
            }
            try {
                headers = decoder.decodeHeaders(stream, Unpooled.wrappedBuffer(payload));
            } catch (Http2Exception e) {
                throw new IOException(e);
            }
        }
        return new Frame(type, flags, stream, payload, headers);
    }

    /** The next frame of that type; what comes before it is passed over. */
    Frame await(int type) throws IOException {
        while (true) {
            Frame frame = read();
            if (frame == null) {
                throw new IOException("the connection has ended");
            }
            if (frame.type() == type && (type != SETTINGS || (frame.flags() & ACK) == 0)) {
                return frame;
            }
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
