// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.forwarding;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.proxy.ClientInfo;
import io.gatehouse.proxy.Forwarding;
import io.gatehouse.proxy.HttpLimits;
import io.gatehouse.proxy.TrustedProxies;
import io.gatehouse.proxy.TrustedProxies.Fields;
import io.gatehouse.proxy.http1.HeadDecoder;
import io.gatehouse.proxy.http1.HttpViolation;
import io.gatehouse.proxy.http1.RequestHead;
import io.netty.buffer.Unpooled;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Who sent a request that comes from 10.0.0.1, where 10.0.0.0/8 and fd00::/8 are trusted. Right columns are {@code client < proxy
 * < … < peer}; a peer that is the client stands alone.
 */
class ClientResolverTest {
    private static final String PEER = "10.0.0.1";
    private static final String VIA = "1.1 gatehouse-test";

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            # nothing said
            X-Nothing: 1                                                | 10.0.0.1
            X-Forwarded-For:                                            | 10.0.0.1
            # one proxy, two, and what the client made up before them
            X-Forwarded-For: 192.0.2.1                                  | 192.0.2.1 < 10.0.0.1
            X-Forwarded-For: 192.0.2.1, 10.0.0.9                        | 192.0.2.1 < 10.0.0.9 < 10.0.0.1
            X-Forwarded-For: 6.6.6.6, 192.0.2.1                         | 192.0.2.1 < 10.0.0.1
            X-Forwarded-For: 10.6.6.6, 192.0.2.1, 10.0.0.9              | 192.0.2.1 < 10.0.0.9 < 10.0.0.1
            # all inside: the outermost
            X-Forwarded-For: 10.0.0.7, 10.0.0.8                         | 10.0.0.7 < 10.0.0.8 < 10.0.0.1
            # lines of a list: the last one is the newest
            X-Forwarded-For: 6.6.6.6~X-Forwarded-For: 192.0.2.1         | 192.0.2.1 < 10.0.0.1
            X-Forwarded-For: 192.0.2.1~x-forwarded-for: 10.0.0.9        | 192.0.2.1 < 10.0.0.9 < 10.0.0.1
            # ports, brackets, IPv6
            X-Forwarded-For: 192.0.2.1:55000                            | 192.0.2.1 < 10.0.0.1
            X-Forwarded-For: [2001:db8::1]:55000                        | 2001:db8::1 < 10.0.0.1
            X-Forwarded-For: [2001:DB8::0:1]                            | 2001:db8::1 < 10.0.0.1
            X-Forwarded-For: 2001:db8::1,fd00::2                        | 2001:db8::1 < fd00::2 < 10.0.0.1
            X-Forwarded-For: ::ffff:192.0.2.1, ::ffff:10.0.0.9          | 192.0.2.1 < 10.0.0.9 < 10.0.0.1
            # nonsense ends the way, and whoever wrote it is the client
            X-Forwarded-For: 192.0.2.1, unknown                         | 10.0.0.1
            X-Forwarded-For: 192.0.2.1, unknown, 10.0.0.9               | 10.0.0.9 < 10.0.0.1
            X-Forwarded-For: 192.0.2.1,, 10.0.0.9                       | 10.0.0.9 < 10.0.0.1
            X-Forwarded-For: evil.example                               | 10.0.0.1
            X-Forwarded-For: localhost                                  | 10.0.0.1
            X-Forwarded-For: 192.0.2.256                                | 10.0.0.1
            X-Forwarded-For: 192.0.2                                    | 10.0.0.1
            X-Forwarded-For: 3221225985                                 | 10.0.0.1
            X-Forwarded-For: 192.0.2.1:                                 | 10.0.0.1
            X-Forwarded-For: 192.0.2.1:123456                           | 10.0.0.1
            X-Forwarded-For: fe80::1%eth0                               | 10.0.0.1
            X-Forwarded-For: [fe80::1%25eth0]                           | 10.0.0.1
            X-Forwarded-For: [192.0.2.1]                                | 10.0.0.1
            X-Forwarded-For: 2001:db8::1::2                             | 10.0.0.1
            X-Forwarded-For: "192.0.2.1"                                | 10.0.0.1
            X-Forwarded-For: 192.0.2.1 10.0.0.9                         | 10.0.0.1
            X-Forwarded-For: 192.0.2.1;10.0.0.9                         | 10.0.0.1
            X-Forwarded-For: for=192.0.2.1                              | 10.0.0.1
            X-Forwarded-For: \u00e4\u00ff, 10.0.0.9                     | 10.0.0.9 < 10.0.0.1
            # the other form could be the client's own
            Forwarded: for=6.6.6.6                                      | 10.0.0.1
            Forwarded: for=6.6.6.6~X-Forwarded-For: 192.0.2.1           | 192.0.2.1 < 10.0.0.1
            X-Real-IP: 6.6.6.6                                          | 10.0.0.1
            """)
    void theFirstAddressFromTheEndThatIsNotTrustedIsTheClient(String fields, String way) throws Exception {
        assertThat(way(resolve(Fields.X_FORWARDED, fields))).isEqualTo(way);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            X-Nothing: 1                                                       | 10.0.0.1
            Forwarded: for=192.0.2.1                                           | 192.0.2.1 < 10.0.0.1
            Forwarded: For="192.0.2.1:47011"                                   | 192.0.2.1 < 10.0.0.1
            Forwarded: for="[2001:db8::1]:47011";proto=https                   | 2001:db8::1 < 10.0.0.1
            Forwarded: for="[2001:db8::1]:_obf.port"                           | 2001:db8::1 < 10.0.0.1
            Forwarded: for=192.0.2.1, for=10.0.0.9                             | 192.0.2.1 < 10.0.0.9 < 10.0.0.1
            Forwarded: for=6.6.6.6,for=192.0.2.1                               | 192.0.2.1 < 10.0.0.1
            Forwarded: for=6.6.6.6~Forwarded: for=192.0.2.1                    | 192.0.2.1 < 10.0.0.1
            Forwarded: by=10.0.0.1;for=192.0.2.1;host=a;proto=http;x-y="a,b;c" | 192.0.2.1 < 10.0.0.1
            Forwarded: for=192.0.2.1 ; proto=https;                            | 192.0.2.1 < 10.0.0.1
            # nobody that could be named
            Forwarded: for=unknown                                             | 10.0.0.1
            Forwarded: for=_hidden, for=10.0.0.9                               | 10.0.0.9 < 10.0.0.1
            Forwarded: for=6.6.6.6, for="_SEVKISEK", for=10.0.0.9              | 10.0.0.9 < 10.0.0.1
            Forwarded: for=6.6.6.6, proto=https                                | 10.0.0.1
            # broken grammar ends the way
            Forwarded: for=192.0.2.1:47011                                     | 10.0.0.1
            Forwarded: for="2001:db8::1"                                       | 10.0.0.1
            Forwarded: for=[2001:db8::1]                                       | 10.0.0.1
            Forwarded: for = 192.0.2.1                                         | 10.0.0.1
            Forwarded: for=192.0.2.1 proto=https                               | 10.0.0.1
            Forwarded: for=192.0.2.1;for=10.0.0.2                              | 10.0.0.1
            Forwarded: for="192.0.2\\.1"                                       | 10.0.0.1
            Forwarded: for=                                                    | 10.0.0.1
            Forwarded: 192.0.2.1                                               | 10.0.0.1
            Forwarded: for=\u00ff                                              | 10.0.0.1
            # an open quote of the client's does not swallow what the proxy wrote behind it
            Forwarded: for=6.6.6.6;x=", for=192.0.2.1                          | 192.0.2.1 < 10.0.0.1
            Forwarded: for=6.6.6.6;x=", for="[2001:db8::1]"                    | 2001:db8::1 < 10.0.0.1
            Forwarded: for=6.6.6.6;x="\\, for="[2001:db8::1]", for=10.0.0.9    | 2001:db8::1 < 10.0.0.9 < 10.0.0.1
            # the other form could be the client's own
            X-Forwarded-For: 6.6.6.6                                           | 10.0.0.1
            X-Forwarded-For: 6.6.6.6~Forwarded: for=192.0.2.1                  | 192.0.2.1 < 10.0.0.1
            """)
    void theSameInTheFormOfRfc7239(String fields, String way) throws Exception {
        assertThat(way(resolve(Fields.FORWARDED, fields))).isEqualTo(way);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            X-Nothing: 1                                                     | null null 0
            X-Forwarded-Proto: https                                         | https null 0
            X-Forwarded-Proto: HTTP                                          | http null 0
            X-Forwarded-Proto: wss                                           | https null 0
            X-Forwarded-Proto: gopher                                        | null null 0
            X-Forwarded-Proto: https, http                                   | null null 0
            X-Forwarded-Proto: https~X-Forwarded-Proto: https                | null null 0
            X-Forwarded-Host: front.example:8443                             | null front.example:8443 0
            X-Forwarded-Host: [2001:db8::1]                                  | null [2001:db8::1] 0
            X-Forwarded-Host: evil@front.example                             | null null 0
            X-Forwarded-Host: front.example/x                                | null null 0
            X-Forwarded-Host: front.example:0                                | null null 0
            X-Forwarded-Host: a, b                                           | null null 0
            X-Forwarded-Host: a~X-Forwarded-Host: b                          | null null 0
            X-Forwarded-Host: \u00e4                                         | null null 0
            X-Forwarded-Host:                                                | null null 0
            X-Forwarded-Port: 8443                                           | null null 8443
            X-Forwarded-Port: 0                                              | null null 0
            X-Forwarded-Port: 65536                                          | null null 0
            X-Forwarded-Port: +443                                           | null null 0
            X-Forwarded-Port: 443, 80                                        | null null 0
            X-Forwarded-Prefix: /gatehouse                                   | null null 0 /gatehouse
            X-Forwarded-Prefix: /gatehouse/                                  | null null 0 /gatehouse
            X-Forwarded-Prefix: /a/b-c                                       | null null 0 /a/b-c
            X-Forwarded-Prefix: /                                            | null null 0
            X-Forwarded-Prefix: //evil.example                               | null null 0
            X-Forwarded-Prefix: gatehouse                                    | null null 0
            X-Forwarded-Prefix: /a');alert('1                                | null null 0
            X-Forwarded-Prefix: /a, /b                                       | null null 0
            X-Forwarded-Proto: https~X-Forwarded-Host: a~X-Forwarded-Port: 1 | https a 1
            Forwarded: for=192.0.2.1;proto=https;host=evil                   | null null 0
            """)
    void oneSoundValueCounts(String fields, String told) throws Exception {
        assertThat(told(resolve(Fields.X_FORWARDED, fields))).isEqualTo(told.contains("/") ? told : told + " ");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            Forwarded: for=192.0.2.1;proto=https;host=front.example                            | https front.example
            Forwarded: for=192.0.2.1;PROTO=HTTPS;host="front.example:8443"                     | https front.example:8443
            Forwarded: for=192.0.2.1;host="[2001:db8::1]:8443"                                 | null [2001:db8::1]:8443
            # the outermost trusted proxy is the one that the client asked
            Forwarded: for=192.0.2.1;proto=https;host=front, for=10.0.0.9;proto=http;host=gate | https front
            Forwarded: for=192.0.2.1, for=10.0.0.9;proto=http;host=gate                        | null null
            # a client's own element
            Forwarded: proto=https;host=evil, for=192.0.2.1                                    | null null
            Forwarded: proto=https;host=evil, for=unknown;host=front                           | null front
            Forwarded: for=192.0.2.1;proto=gopher;host=a/b                                     | null null
            Forwarded: for=192.0.2.1;host=a;host=b                                             | null null
            X-Forwarded-Proto: https~X-Forwarded-Host: evil~X-Forwarded-Prefix: /evil          | null null
            """)
    void schemeAndHostAreThoseThatTheOutermostProxySaw(String fields, String told) throws Exception {
        assertThat(told(resolve(Fields.FORWARDED, fields))).isEqualTo(told + " 0 ");
    }

    @Test
    void theWayBackIsBounded() throws Exception {
        // Given: a hundred trusted proxies, and a client before them
        String chain = "6.6.6.6, " + String.join(", ", Collections.nCopies(100, "10.9.9.9"));

        // When
        ClientInfo client = resolve(Fields.X_FORWARDED, "X-Forwarded-For: " + chain);

        // Then
        assertThat(client.address().getHostAddress()).isEqualTo("10.9.9.9");
        assertThat(client.forwarding().proxies()).hasSize(WayBack.MOST_PROXIES);
    }

    @Test
    void aPeerThatIsNotTrustedIsTheClientWhateverItSaysAndCostsNothing() throws Exception {
        // Given
        ClientResolver resolver = resolver("192.0.2.7", Fields.X_FORWARDED);
        RequestHead head = head("X-Forwarded-For: 6.6.6.6~X-Forwarded-Host: evil~Forwarded: for=6.6.6.6");

        // When
        ClientInfo client = resolver.of(head);

        // Then: no object for the request
        assertThat(client).isSameAs(resolver.direct()).isSameAs(resolver.of(head));
        assertThat(resolver.fields(client)).isSameAs(resolver.fields(client));
        assertThat(lines(resolver, client))
                .isEqualTo("X-Forwarded-For: 192.0.2.7\r\nX-Forwarded-Proto: http\r\nVia: 1.1 gatehouse-test\r\n");
    }

    @Test
    void anIpv4PeerOfAnIpv6ListenerIsTheSamePeer() throws Exception {
        byte[] mapped = new byte[16];
        mapped[10] = mapped[11] = (byte) 0xff;
        mapped[12] = 10;
        mapped[15] = 1;
        ClientResolver resolver = new ClientResolver(
                Inet6Address.getByAddress("", mapped, 0),
                "http",
                () -> new TrustedProxies(ClientResolverTest::isInside, Fields.X_FORWARDED),
                VIA);
        assertThat(way(resolver.of(head("X-Forwarded-For: 192.0.2.1")))).isEqualTo("192.0.2.1 < 10.0.0.1");
    }

    @Test
    void upstreamsAreToldWhatWasCheckedAndNothingElse() throws Exception {
        String fields = "X-Forwarded-For: 6.6.6.6, [2001:db8::1]:99, 10.0.0.9~X-Forwarded-Proto: https"
                + "~X-Forwarded-Port: 0443~X-Forwarded-Prefix: /x";
        ClientResolver resolver = resolver(PEER, Fields.X_FORWARDED);
        assertThat(lines(resolver, resolver.of(head(fields)))).isEqualTo("""
                        X-Forwarded-For: 2001:db8::1, 10.0.0.9, 10.0.0.1
                        X-Forwarded-Proto: https
                        X-Forwarded-Port: 443
                        Via: 1.1 gatehouse-test
                        """.replace("\n", "\r\n"));
    }

    @Test
    void upstreamsAreToldInBothFormsWhereTheProxiesUseTheNewOne() throws Exception {
        ClientResolver resolver = resolver(PEER, Fields.FORWARDED);
        assertThat(lines(resolver, resolver.of(head("Forwarded: for=\"[2001:db8::1]\";proto=https, for=10.0.0.9"))))
                .isEqualTo("""
                        X-Forwarded-For: 2001:db8::1, 10.0.0.9, 10.0.0.1
                        X-Forwarded-Proto: https
                        Forwarded: for="[2001:db8::1]";proto=https, for=10.0.0.9, for=10.0.0.1
                        Via: 1.1 gatehouse-test
                        """.replace("\n", "\r\n"));
        assertThat(lines(resolver, resolver.direct())).contains("\r\nForwarded: for=10.0.0.1;proto=http\r\n");
    }

    @Test
    void aProxyThatIsTrustedNoLongerIsBelievedNoLonger() throws Exception {
        // Given
        AtomicReference<TrustedProxies> trusted = new AtomicReference<>(TrustedProxies.NONE);
        ClientResolver resolver = new ClientResolver(InetAddress.ofLiteral(PEER), "http", trusted::get, VIA);
        RequestHead head = head("X-Forwarded-For: 192.0.2.1~Forwarded: for=192.0.2.2");
        assertThat(way(resolver.of(head))).isEqualTo("10.0.0.1");

        // When, Then
        trusted.set(new TrustedProxies(ClientResolverTest::isInside, Fields.X_FORWARDED));
        assertThat(way(resolver.of(head))).isEqualTo("192.0.2.1 < 10.0.0.1");
        trusted.set(new TrustedProxies(ClientResolverTest::isInside, Fields.FORWARDED));
        assertThat(way(resolver.of(head))).isEqualTo("192.0.2.2 < 10.0.0.1");
        trusted.set(TrustedProxies.NONE);
        assertThat(way(resolver.of(head))).isEqualTo("10.0.0.1");
    }

    private static ClientInfo resolve(Fields form, String fields) throws HttpViolation {
        return resolver(PEER, form).of(head(fields));
    }

    private static ClientResolver resolver(String peer, Fields form) {
        TrustedProxies trusted = new TrustedProxies(ClientResolverTest::isInside, form);
        return new ClientResolver(InetAddress.ofLiteral(peer), "http", () -> trusted, VIA);
    }

    private static boolean isInside(InetAddress address) {
        byte[] bytes = address.getAddress();
        return bytes[0] == (bytes.length == 4 ? 10 : (byte) 0xfd);
    }

    /** {@code fields}: lines, with a tilde between them. */
    private static RequestHead head(String fields) throws HttpViolation {
        RequestHead head = new RequestHead();
        HeadDecoder decoder = HeadDecoder.forRequests(HttpLimits.DEFAULT);
        decoder.begin();
        String text = "GET / HTTP/1.1\r\nHost: gate.example\r\n" + fields.replace("~", "\r\n") + "\r\n\r\n";
        assertThat(decoder.decode(Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1), head))
                .isTrue();
        return head;
    }

    private static String way(ClientInfo client) {
        List<InetAddress> proxies = client.forwarding().proxies();
        String before = proxies.stream().map(Addresses::text).collect(Collectors.joining(" < "));
        return Addresses.text(client.address()) + (before.isEmpty() ? "" : " < " + before);
    }

    private static String told(ClientInfo client) {
        Forwarding told = client.forwarding();
        assertThat(client.scheme()).isEqualTo(told.scheme() == null ? "http" : told.scheme());
        return told.scheme() + " " + told.host() + " " + told.port() + " " + told.prefix();
    }

    private static String lines(ClientResolver resolver, ClientInfo client) {
        return new String(resolver.fields(client), StandardCharsets.US_ASCII);
    }
}
