// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.http2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.proxy.TrustedProxies;
import io.gatehouse.proxy.TrustedProxies.Fields;
import io.gatehouse.proxy.grpc.CallHead;
import io.gatehouse.proxy.grpc.CallInspector;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.IOException;
import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whose word counts about who calls and which host was asked for: the loopback peer is a trusted proxy, or nobody's. */
@Timeout(60)
class GrpcForwardingIT {
    /** A call: which host a router chooses the pool by, and whom it is from. */
    private record Seen(String authority, String address, String scheme) {}

    private final List<Seen> seen = new CopyOnWriteArrayList<>();
    private GrpcUnderTest door;

    @BeforeEach
    void open() throws Exception {
        door = new GrpcUnderTest();
        door.inspectors = head -> {
            seen.add(of(head));
            return GrpcUnderTest.deciding(new CallInspector.Decision.Answer("m", "ann", new byte[0]));
        };
    }

    private static Seen of(CallHead head) {
        return new Seen(
                head.authority().toString(),
                head.client().address().getHostAddress(),
                head.client().scheme());
    }

    @AfterEach
    void close() throws Exception {
        door.close();
    }

    /** What a proxy says, in both forms; each names another client and another host. */
    private static Http2Headers both() {
        return GrpcUnderTest.head()
                .add("x-forwarded-for", "198.51.100.66, 203.0.113.7")
                .add("x-forwarded-host", "etl.spark.example")
                .add("x-forwarded-proto", "https")
                .add("x-real-ip", "198.51.100.66")
                .add("forwarded", "for=198.51.100.66, for=203.0.113.8;host=adhoc.spark.example;proto=https");
    }

    private void call(Http2Headers head) throws IOException {
        try (Http2Wire client = Http2Wire.client(door.port())) {
            client.headers(1, head, true);
            client.await(Http2Wire.HEADERS);
        }
    }

    @Test
    void whatAClientSaysOfOthersCountsForNothing() throws IOException {
        call(both());
        assertThat(seen).containsExactly(new Seen("door:15002", "127.0.0.1", "http"));
        await().untilAsserted(() -> assertThat(door.logged())
                .contains("\"client\":\"127.0.0.1\"")
                .doesNotContain("\"peer\"")
                .doesNotContain("203.0.113.")
                .doesNotContain("198.51.100."));
    }

    @ParameterizedTest
    @CsvSource({"X_FORWARDED, 203.0.113.7, etl.spark.example", "FORWARDED, 203.0.113.8, adhoc.spark.example"})
    void whatATrustedProxySaysCountsInItsOneForm(Fields form, String address, String host) throws IOException {
        door.trust(new TrustedProxies(InetAddress::isLoopbackAddress, form));
        call(both());
        assertThat(seen).containsExactly(new Seen(host, address, "https"));
        await().untilAsserted(() -> assertThat(door.logged())
                .contains("\"client\":\"" + address + "\"")
                .contains("\"peer\":\"127.0.0.1\""));
    }

    @Test
    void whatATrustedProxySaysInTheOtherFormAloneCountsForNothing() throws IOException {
        door.trust(new TrustedProxies(InetAddress::isLoopbackAddress, Fields.FORWARDED));
        call(GrpcUnderTest.head().add("x-forwarded-for", "203.0.113.7").add("x-forwarded-host", "etl.spark.example"));
        assertThat(seen).containsExactly(new Seen("door:15002", "127.0.0.1", "http"));
    }

    @Test
    void aHostThatIsToldTwiceOrBreaksItsGrammarCountsForNothing() throws IOException {
        door.trust(new TrustedProxies(InetAddress::isLoopbackAddress, Fields.X_FORWARDED));
        call(GrpcUnderTest.head()
                .add("x-forwarded-for", "203.0.113.7")
                .add("x-forwarded-host", "etl.spark.example")
                .add("x-forwarded-host", "adhoc.spark.example"));
        call(GrpcUnderTest.head()
                .add("x-forwarded-for", "203.0.113.7")
                .add("x-forwarded-host", "etl.spark.example/../"));
        assertThat(seen).hasSize(2).allSatisfy(call -> {
            assertThat(call.authority()).isEqualTo("door:15002");
            assertThat(call.address()).isEqualTo("203.0.113.7");
        });
    }

    @Test
    void aProxyThatIsTrustedNoLongerIsBelievedNoLonger() throws IOException {
        door.trust(new TrustedProxies(InetAddress::isLoopbackAddress, Fields.X_FORWARDED));
        try (Http2Wire client = Http2Wire.client(door.port())) {
            client.headers(1, both(), true);
            client.await(Http2Wire.HEADERS);
            // When
            door.trust(TrustedProxies.NONE);
            client.headers(3, both(), true);
            while (client.await(Http2Wire.HEADERS).stream() != 3) {
                // The trailers of the first call come before.
            }
        }
        assertThat(seen).extracting(Seen::authority).containsExactly("etl.spark.example", "door:15002");
    }
}
