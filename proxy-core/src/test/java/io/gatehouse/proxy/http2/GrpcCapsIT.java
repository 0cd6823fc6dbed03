// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.http2;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.proxy.EjectionPolicy;
import io.gatehouse.proxy.Upstream;
import io.gatehouse.proxy.UpstreamLimits;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Caps on calls for which there is no connection yet: the server takes connections, and never says a word of
 * its handshake.
 */
@Timeout(60)
class GrpcCapsIT {
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
