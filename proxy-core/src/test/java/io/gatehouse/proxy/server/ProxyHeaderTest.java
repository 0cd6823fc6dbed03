// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** PROXY headers as the specification has them, and as it has not. */
class ProxyHeaderTest {
    private static final String SIGNATURE = "0d0a0d0a000d0a515549540a";
    private static final String FOUR = "c0000201" + "c6336401" + "1234" + "01bb";
    private static final String SIX =
            "20010db8000000000000000000000001" + "20010db8000000000000000000000002" + "1234" + "01bb";

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static byte[] hex(String hex) {
        return HexFormat.of().parseHex(hex);
    }

    /** Nothing is decided before the last byte, everything with it, and what follows does not count. */
    private static void assertHeader(byte[] header, @Nullable String source) throws Exception {
        for (int length = 1; length < header.length; length++) {
            assertThat(ProxyHeader.read(Unpooled.wrappedBuffer(header, 0, length)))
                    .as("the first %d bytes", length)
                    .isNull();
        }
        ByteBuf more = Unpooled.wrappedBuffer(new byte[] {9}, header, ascii("GET / HTTP/1.1\r\n"));
        more.readByte();
        for (ByteBuf in : new ByteBuf[] {Unpooled.wrappedBuffer(header), more}) {
            assertThat(ProxyHeader.read(in))
                    .isEqualTo(new ProxyHeader(header.length, source == null ? null : InetAddress.ofLiteral(source)));
        }
    }

    private static void assertMalformed(byte[] bytes) {
        assertThatThrownBy(() -> ProxyHeader.read(Unpooled.wrappedBuffer(bytes)))
                .isInstanceOf(ProxyHeader.MalformedException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "PROXY TCP4 192.0.2.1 198.51.100.1 56324 443, 192.0.2.1",
        "PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535, 255.255.255.255",
        "PROXY TCP4 0.0.0.0 0.0.0.0 0 0, 0.0.0.0",
        "PROXY TCP6 2001:db8::1 ::1 4124 443, 2001:db8::1",
        "PROXY TCP6 ::ffff:192.0.2.1 ::1 4124 443, 192.0.2.1",
        "PROXY TCP6 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535,"
                + " ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
        "PROXY UNKNOWN,",
        "PROXY UNKNOWN ffff:f...f:ffff ffff:f...f:ffff 65535 65535,"
    })
    void linesOfVersion1(String line, @Nullable String source) throws Exception {
        assertHeader(ascii(line + "\r\n"), source);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1\r\n",
                "PROXx",
                "proxy TCP4 192.0.2.1 198.51.100.1 1 2\r\n",
                "PROXY  TCP4 192.0.2.1 198.51.100.1 1 2\r\n",
                "PROXY TCP4 192.0.2.1 198.51.100.1 1 2\n",
                "PROXY TCP4 192.0.2.1 198.51.100.1 1\r\n",
                "PROXY TCP4 192.0.2.1 198.51.100.1 1 2 3\r\n",
                "PROXY TCP4 192.0.2.1 198.51.100.1 1 2 \r\n",
                "PROXY TCP4 192.0.2.1 198.51.100.1 +1 2\r\n",
                "PROXY TCP4 192.0.2.1 198.51.100.1 01 2\r\n",
                "PROXY TCP4 192.0.2.1 198.51.100.1 65536 2\r\n",
                "PROXY TCP4 192.0.2 198.51.100.1 1 2\r\n",
                "PROXY TCP4 192.0.2.256 198.51.100.1 1 2\r\n",
                "PROXY TCP4 2001:db8::1 ::1 1 2\r\n",
                "PROXY TCP6 192.0.2.1 198.51.100.1 1 2\r\n",
                "PROXY TCP6 [2001:db8::1] ::1 1 2\r\n",
                "PROXY TCP6 fe80::1%eth0 ::1 1 2\r\n",
                "PROXY TCP6 2001:db8::1 example.org 1 2\r\n",
                "PROXY TCP5 192.0.2.1 198.51.100.1 1 2\r\n",
                "PROXY \r\n",
                "PROXY UDP4 192.0.2.1 198.51.100.1 1 2\r\n"
            })
    void linesThatAreNone(String line) {
        assertMalformed(ascii(line));
    }

    @Test
    void aLineHasALimit() throws Exception {
        // Given: 107 bytes with the CR LF, and one more
        String longest = "PROXY UNKNOWN " + "x".repeat(91) + "\r\n";
        // When / Then
        assertHeader(ascii(longest), null);
        assertMalformed(ascii("PROXY UNKNOWN " + "x".repeat(92) + "\r\n"));
        assertMalformed(ascii("PROXY UNKNOWN " + "x".repeat(93)));
    }

    @ParameterizedTest
    @CsvSource({
        // IPv4, IPv6; with an extension (ALPN, empty one); of another use of the same bytes.
        "2111000c" + FOUR + ", 192.0.2.1",
        "21210024" + SIX + ", 2001:db8::1",
        "21110014" + FOUR + "01000268" + "32040000" + ", 192.0.2.1",
        // LOCAL, with and without anything; unspecified; a Unix socket's addresses are filled up below.
        "20000000,",
        "2011000c" + FOUR + ",",
        "21000000,",
        "21000003aabbcc,"
    })
    void headersOfVersion2(String rest, @Nullable String source) throws Exception {
        assertHeader(hex(SIGNATURE + rest), source);
    }

    @Test
    void unixSocketsNameNobody() throws Exception {
        assertHeader(hex(SIGNATURE + "213100d8" + "2f".repeat(216)), null);
        assertMalformed(hex(SIGNATURE + "213100d7" + "2f".repeat(215)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                // Version 1 in binary, an unknown command, datagrams, an unknown family.
                "1111000c" + FOUR,
                "2211000c" + FOUR,
                "2112000c" + FOUR,
                "2141000c" + FOUR,
                // Too short for its addresses; extensions that are cut off, or longer than what holds them.
                "2111000b" + "c0000201c63364011234" + "01",
                "21210023" + "20010db800000000000000000000000120010db80000000000000000000000021234" + "01",
                "2111000d" + FOUR + "01",
                "2111000e" + FOUR + "0100",
                "21110010" + FOUR + "01000268"
            })
    void binaryHeadersThatAreNone(String rest) {
        assertMalformed(hex(SIGNATURE + rest));
    }

    @Test
    void aBinaryHeaderHasALimit() throws Exception {
        // Given: an extension that fills 16 KiB, and one byte more
        int most = (16 << 10) - 12 - 3;
        // When / Then
        byte[] largest = hex(SIGNATURE + "21114000" + FOUR + "02" + "%04x".formatted(most) + "00".repeat(most));
        assertThat(ProxyHeader.read(Unpooled.wrappedBuffer(largest))).isNotNull();
        assertMalformed(hex(SIGNATURE + "21114001"));
    }

    @Test
    void aSignatureThatGoesWrongIsSeenAtItsFirstWrongByte() {
        assertMalformed(hex("0d0a0d0b"));
        assertMalformed(hex("16030100"));
    }
}
