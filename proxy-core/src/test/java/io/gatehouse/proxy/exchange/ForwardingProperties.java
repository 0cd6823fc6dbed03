// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.proxy.Boundary;
import io.gatehouse.proxy.ClientInfo;
import io.gatehouse.proxy.ForwardTarget;
import io.gatehouse.proxy.Principal;
import io.gatehouse.proxy.RouteDecision;
import io.gatehouse.proxy.TrustedProxies;
import io.gatehouse.proxy.Upstream;
import io.gatehouse.proxy.forwarding.ClientResolver;
import io.gatehouse.proxy.http1.RequestHead;
import io.gatehouse.proxy.testkit.Response;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Whatever stands in forwarding fields: what becomes of it is sound, and nothing of an untrusted peer's reaches an upstream. */
class ForwardingProperties {
    private static final InetAddress PEER = InetAddress.ofLiteral("10.0.0.1");
    private static final String BARE = "GET /jobs/?a=b HTTP/1.1\r\nHost: gate.example:4040\r\nAccept: */*\r\n";
    private static final String ADDRESS = "([0-9.]{7,15}|[0-9a-f:]*:[0-9a-f:.]*)";
    private static final RouteDecision.Forward FORWARD = new RouteDecision.Forward(
            ForwardTarget.to("test", new Upstream("127.0.0.1", 4040)).withPublicPrefix("/gatehouse"), 0);

    @Property(tries = 3000)
    void anUntrustedPeersFieldsChangeNothing(@ForAll("fields") List<String> fields) throws Exception {
        for (TrustedProxies.Fields form : TrustedProxies.Fields.values()) {
            TrustedProxies others = new TrustedProxies(address -> !address.equals(PEER), form);
            assertThat(upstreamHead(others, fields)).isEqualTo(upstreamHead(others, List.of()));
        }
    }

    @Property(tries = 3000)
    void aTrustedPeersFieldsAreMadeAnew(@ForAll("fields") List<String> fields) throws Exception {
        for (TrustedProxies.Fields form : TrustedProxies.Fields.values()) {
            String head = upstreamHead(new TrustedProxies(address -> address.getAddress()[0] == 10, form), fields);
            assertThat(single(head, "x-forwarded-for"))
                    .matches(ADDRESS + "(, " + ADDRESS + ")*")
                    .endsWith("10.0.0.1");
            assertThat(single(head, "x-forwarded-for").split(", ")).allSatisfy(InetAddress::ofLiteral);
            assertThat(single(head, "x-forwarded-proto")).isIn("http", "https");
            assertThat(RequestHead.isHost(single(head, "x-forwarded-host"))).isTrue();
            assertThat(single(head, "host")).isEqualTo(single(head, "x-forwarded-host"));
            assertThat(single(head, "x-forwarded-context")).isEqualTo("/gatehouse");
            assertThat(Response.fields(head, "x-forwarded-port"))
                    .hasSizeLessThan(2)
                    .allMatch(p -> p.matches("\\d+"));
            assertThat(Response.fields(head, "forwarded"))
                    .hasSize(form == TrustedProxies.Fields.FORWARDED ? 1 : 0)
                    .doesNotContain("_hidden");
            assertThat(head)
                    .doesNotContainIgnoringCase("x-real-ip", "x-forwarded-prefix", "x-forwarded-user", "rubbish>");
            assertThat(head.chars()).allMatch(c -> c == '\r' || c == '\n' || (c >= ' ' && c <= '~'));
        }
    }

    private static String single(String head, String name) {
        List<String> values = Response.fields(head, name);
        assertThat(values).as(name).hasSize(1);
        return values.getFirst();
    }

    /** What an upstream gets of a request of {@link #PEER} with these field lines. */
    private static String upstreamHead(TrustedProxies trusted, List<String> fields) throws Exception {
        StringBuilder text = new StringBuilder(BARE);
        fields.forEach(field -> text.append(field).append("\r\n"));
        RequestHead head = Heads.request(text.append("\r\n").toString());
        ClientResolver clients = new ClientResolver(PEER, "http", () -> trusted, "1.1 gatehouse-test");
        ClientInfo client = clients.of(head);
        ByteBuf out = Unpooled.buffer();
        UpstreamRequestHead.write(
                head, client, Principal.ANONYMOUS, FORWARD, Boundary.OPEN, clients.fields(client), 1, out);
        return out.toString(StandardCharsets.ISO_8859_1);
    }

    @Provide
    Arbitrary<List<String>> fields() {
        Arbitrary<String> names = Arbitraries.of(
                "X-Forwarded-For",
                "x-forwarded-for",
                "X-Forwarded-Proto",
                "X-Forwarded-Host",
                "X-Forwarded-Port",
                "X-Forwarded-Prefix",
                "X-Forwarded-Context",
                "X-Forwarded-User",
                "X-Forwarded-Rubbish",
                "X-Real-IP",
                "Forwarded");
        return Combinators.combine(names, values())
                .as((name, value) -> name + ": " + value)
                .list()
                .ofMaxSize(6);
    }

    /** Pieces of sound values in any order, and any other bytes that a field may hold. */
    private static Arbitrary<String> values() {
        Arbitrary<String> pieces = Arbitraries.of(
                "192.0.2.1",
                "10.0.0.9",
                "10.0.0.9, 10.0.0.9",
                "2001:db8::1",
                "[2001:db8::1]:80",
                "\"[2001:db8::1]\"",
                "::ffff:10.0.0.9",
                "fe80::1%eth0",
                "unknown",
                "_hidden",
                "for=",
                "for=192.0.2.1",
                "proto=https",
                "host=front.example",
                "host=\"a:1\"",
                "https",
                "http",
                "front.example:8443",
                "443",
                "99999999999999999999",
                "/gatehouse",
                "<rubbish>",
                ",",
                ", ",
                ";",
                "=",
                "\"",
                "\\",
                ":",
                "[",
                "]",
                " ",
                "\t",
                "%0d%0a",
                "\u0085",
                "\u00ff");
        Arbitrary<String> free = Arbitraries.strings()
                .withCharRange(' ', '~')
                .withCharRange('\u0080', '\u00ff')
                .ofMaxLength(8);
        return Arbitraries.oneOf(pieces, pieces, pieces, free)
                .list()
                .ofMaxSize(12)
                .map(parts -> String.join("", parts));
    }
}
