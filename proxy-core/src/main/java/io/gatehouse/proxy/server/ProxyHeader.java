// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a load balancer says before the client's first byte: version 1 (a line) and 2 (binary) of HAProxy's PROXY protocol
 * (haproxy.org/download/3.0/doc/proxy-protocol.txt). Stricter than Netty's decoder, which takes ports such as {@code +80} and does
 * not say where the header ends.
 *
 * @param length in bytes; what follows is the client's
 * @param source the client; null where the header names none (a health check of the balancer's own, a Unix socket)
 */
record ProxyHeader(int length, @Nullable InetAddress source) {
    private static final byte[] V1 = "PROXY ".getBytes(StandardCharsets.US_ASCII);
    /** With its CR LF; section 2.1. */
    private static final int V1_LONGEST = 107;

    private static final Pattern SPACE = Pattern.compile(" ");
    private static final Pattern PORT = Pattern.compile("0|[1-9]\\d{0,4}");
    private static final Pattern IPV4 = Pattern.compile("[0-9.]{7,15}");
    private static final Pattern IPV6 = Pattern.compile("[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*");
    private static final int LARGEST_PORT = 65_535;

    private static final byte[] V2 = {0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A};
    private static final int V2_FIXED = 16;
    /** Of what follows the fixed part. A client's certificate, which some balancers add, fits. */
    private static final int V2_LONGEST = 16 << 10;

    private static final int LOCAL = 0x20;
    private static final int PROXY = 0x21;
    private static final int UNSPECIFIED = 0x00;
    private static final int TCP4 = 0x11;
    private static final int TCP6 = 0x21;
    private static final int UNIX_STREAM = 0x31;
    private static final int UNIX_ADDRESSES = 216;
    private static final int TLV_HEAD = 3;

    /** It is no PROXY header; what is wrong, for logs. */
    static final class MalformedException extends Exception {
        MalformedException(String message) {
            super(message, null, false, false);
        }
    }

    /**
     * Reads the header at the beginning of {@code in}, whose indices stay as they are.
     *
     * @return null while there may be more to come
     */
    static @Nullable ProxyHeader read(ByteBuf in) throws MalformedException {
        if (in.getByte(in.readerIndex()) == V1[0]) {
            return begins(in, V1) ? readLine(in) : null;
        }
        return begins(in, V2) && in.readableBytes() >= V2_FIXED ? readBinary(in) : null;
    }

    /** Whether {@code in} begins with these bytes; false while it is shorter and equal so far. */
    private static boolean begins(ByteBuf in, byte[] expected) throws MalformedException {
        int length = Math.min(in.readableBytes(), expected.length);
        for (int i = 0; i < length; i++) {
            if (in.getByte(in.readerIndex() + i) != expected[i]) {
                throw new MalformedException("no PROXY header");
            }
        }
        return length == expected.length;
    }

    private static @Nullable ProxyHeader readLine(ByteBuf in) throws MalformedException {
        int end =
                in.indexOf(in.readerIndex(), in.readerIndex() + Math.min(V1_LONGEST, in.readableBytes()), (byte) '\n');
        if (end < 0) {
            if (in.readableBytes() >= V1_LONGEST) {
                throw new MalformedException("the line is too long");
            }
            return null;
        }
        int length = end + 1 - in.readerIndex();
        if (in.getByte(end - 1) != '\r') {
            throw new MalformedException("the line does not end with CR LF");
        }
        String[] parts = SPACE.split(in.toString(in.readerIndex(), length - 2, StandardCharsets.ISO_8859_1), -1);
        if (parts[1].equals("UNKNOWN")) {
            // Whatever stands behind it is to be ignored.
            return new ProxyHeader(length, null);
        }
        Pattern family = switch (parts[1]) {
            case "TCP4" -> IPV4;
            case "TCP6" -> IPV6;
            default -> throw new MalformedException("unknown family");
        };
        if (parts.length != 6 || !isPort(parts[4]) || !isPort(parts[5])) {
            throw new MalformedException("not two addresses and two ports");
        }
        literal(parts[3], family);
        return new ProxyHeader(length, literal(parts[2], family));
    }

    private static boolean isPort(String text) {
        return PORT.matcher(text).matches() && Integer.parseInt(text) <= LARGEST_PORT;
    }

    private static InetAddress literal(String text, Pattern family) throws MalformedException {
        byte[] bytes = family.matcher(text).matches() ? NetUtil.createByteArrayFromIpAddressString(text) : null;
        if (bytes == null) {
            throw new MalformedException("not an address of that family");
        }
        return address(bytes);
    }

    private static @Nullable ProxyHeader readBinary(ByteBuf in) throws MalformedException {
        int start = in.readerIndex();
        int command = in.getUnsignedByte(start + 12);
        int family = in.getUnsignedByte(start + 13);
        int length = in.getUnsignedShort(start + 14);
        if (command != LOCAL && command != PROXY) {
            throw new MalformedException("unknown version or command");
        }
        if (length > V2_LONGEST) {
            throw new MalformedException("longer than " + V2_LONGEST + " bytes");
        }
        if (in.readableBytes() < V2_FIXED + length) {
            return null;
        }
        if (command == LOCAL) {
            return new ProxyHeader(V2_FIXED + length, null);
        }
        int address = switch (family) {
            case TCP4 -> 4;
            case TCP6 -> 16;
            case UNIX_STREAM, UNSPECIFIED -> 0;
            default -> throw new MalformedException("unknown family, or not a stream");
        };
        if (family != UNSPECIFIED) {
            // Both addresses, and both ports where there are some.
            int addresses = address == 0 ? UNIX_ADDRESSES : 2 * address + 4;
            checkExtensions(in, start + V2_FIXED + addresses, start + V2_FIXED + length);
        }
        return new ProxyHeader(
                V2_FIXED + length, address == 0 ? null : address(ByteBufUtil.getBytes(in, start + V2_FIXED, address)));
    }

    /** Type, length, value, and so on until exactly the end (section 2.2). */
    private static void checkExtensions(ByteBuf in, int from, int end) throws MalformedException {
        int at = from;
        while (at + TLV_HEAD <= end) {
            at += TLV_HEAD + in.getUnsignedShort(at + 1);
        }
        if (at != end) {
            throw new MalformedException("an address or an extension is cut off");
        }
    }

    /** An IPv4 address that stands in an IPv6 one comes out as IPv4. */
    private static InetAddress address(byte[] bytes) {
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address has 4 or 16 bytes", e);
        }
    }
}
