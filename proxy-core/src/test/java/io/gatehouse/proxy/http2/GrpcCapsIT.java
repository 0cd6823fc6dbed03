// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.http2;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.proxy.EjectionPolicy;
import io.gatehouse.proxy.Upstream;
import io.gatehouse.proxy.UpstreamLimits;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Caps on connections, and on calls for which there is no connection yet: there the server takes connections, and never says a word of
 * its handshake.
 */
@Timeout(60)
class GrpcCapsIT {
    private static final int ENHANCE_YOUR_CALM = 11;

    @Test
    void aConnectionTooManyIsToldSoInItsOwnProtocol() throws Exception {
        try (GrpcUnderTest door = new GrpcUnderTest()) {
            door.connections(1);
            try (Http2Wire first = Http2Wire.client(door.port())) {
                for (int i = 0; i < 20; i++) {
                    // When: its settings are answered by nothing but the end
                    try (Http2Wire second = Http2Wire.client(door.port())) {
                        // Then
                        Http2Wire.Frame end = second.read();
                        assertThat(end).isNotNull();
                        assertThat(end.type()).isEqualTo(Http2Wire.GOAWAY);
                        assertThat(end.stream()).isZero();
                        assertThat(end.code()).isEqualTo(ENHANCE_YOUR_CALM);
                        assertThat(Arrays.copyOf(end.payload(), 4))
                                .as("the last stream that was looked at")
                                .containsOnly(0);
                        assertThat(new String(end.payload(), 8, end.payload().length - 8, StandardCharsets.US_ASCII))
                                .isEqualTo("too many connections");
                        assertThat(second.read()).isNull();
                    }
                }
                // And: the one that was there goes on
                first.frame(Http2Wire.PING, 0, 0, new byte[8]);
                assertThat(first.await(Http2Wire.PING).payload()).hasSize(8);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 4, 4", "2, 4, 2", "2, 5, 2", "4, 2, 1"})
    void anEventLoopHasItsShareOfThem(int loops, int all, int share) throws Exception {
        // Given
        try (GrpcUnderTest door = new GrpcUnderTest(loops)) {
            door.upstream = Upstream.secure("localhost", door.server.getLocalPort());
            door.runtime.settings().limitUpstreams(new UpstreamLimits(4, all), EjectionPolicy.DEFAULT);
            // When: a connection is one event loop's
            try (Http2Wire client = Http2Wire.client(door.port())) {
                for (int i = 0; i <= all; i++) {
                    client.headers(1 + 2 * i, GrpcUnderTest.head(), true);
                }
                // Then: the first one too many hears of it before any other hears anything
                Http2Wire.Frame refusal = client.await(Http2Wire.HEADERS);
                assertThat(refusal.stream()).isEqualTo(1 + 2 * share);
                assertThat(refusal.header("grpc-status")).isEqualTo("14");
                assertThat(door.heard).startsWith("failed CONNECTION_LIMIT_REACHED false");
            }
        }
    }

    @Test
    void whoHasLeftLeavesRoom() throws Exception {
        try (GrpcUnderTest door = new GrpcUnderTest()) {
            door.upstream = Upstream.secure("localhost", door.server.getLocalPort());
            door.runtime.settings().limitUpstreams(new UpstreamLimits(4, 1), EjectionPolicy.DEFAULT);
            try (Http2Wire client = Http2Wire.client(door.port())) {
                for (int i = 0; i < 5; i++) {
                    client.headers(1 + 2 * i, GrpcUnderTest.head(), true);
                    client.reset(1 + 2 * i, 8);
                }
                // When
                client.headers(11, GrpcUnderTest.head(), true);
                client.headers(13, GrpcUnderTest.head(), true);
                // Then
                assertThat(client.await(Http2Wire.HEADERS).stream()).isEqualTo(13);
            }
        }
    }
}
