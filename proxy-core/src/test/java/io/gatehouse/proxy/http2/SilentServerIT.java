// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.http2;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.proxy.net.KernelKeepAliveIT;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Servers that let calls wait; what is twenty seconds elsewhere is a fifth of one here. */
@Timeout(60)
class SilentServerIT {
    private static final LinkLimits QUICK =
            new LinkLimits(Duration.ofMillis(200), Duration.ofSeconds(5), Duration.ofMinutes(1), 1 << 30);

    /** In which half a dozen PINGs would come. */
    private static final int A_WHILE = 1_500;

    private GrpcUnderTest door;

    @BeforeEach
    void open() throws Exception {
        door = new GrpcUnderTest(QUICK);
    }

    @AfterEach
    void close() throws Exception {
        door.close();
    }

    /** gRPC-java's servers end a connection with the third PING that comes too early, if they have said nothing on any stream since the first. */
    @Test
    void isAskedTwiceAndNotAgainBeforeItHasSaidSomethingOnAStream() throws IOException {
        try (Http2Wire client = Http2Wire.client(door.port())) {
            client.headers(1, GrpcUnderTest.head(), true);
            try (Http2Wire server = door.accept()) {
                int stream = server.await(Http2Wire.HEADERS).stream();
                // When, then
                assertThat(pings(server)).isEqualTo(2);
                // When
                server.headers(stream, GrpcUnderTest.answerHead(), false);
                // Then
                assertThat(pings(server)).isEqualTo(2);
                // When: data counts too
                server.data(stream, GrpcUnderTest.message(1), false);
                assertThat(pings(server)).isEqualTo(2);
                // And nothing was lost by all that
                server.headers(stream, GrpcUnderTest.trailers("0"), true);
                client.await(Http2Wire.HEADERS);
                assertThat(client.await(Http2Wire.HEADERS).header("grpc-status"))
                        .isEqualTo("0");
            }
        }
    }

    /** Its server may have got it after it sent the answer: then it counts for what comes next. */
    @Test
    void aPingThatIsUnderWayWhileItAnswersCounts() throws IOException {
        try (Http2Wire client = Http2Wire.client(door.port())) {
            client.headers(1, GrpcUnderTest.head(), true);
            try (Http2Wire server = door.accept()) {
                int stream = server.await(Http2Wire.HEADERS).stream();
                Http2Wire.Frame ping = server.await(Http2Wire.PING);
                // When
                server.headers(stream, GrpcUnderTest.answerHead(), false);
                client.await(Http2Wire.HEADERS);
                server.frame(Http2Wire.PING, Http2Wire.ACK, 0, ping.payload());
                // Then
                assertThat(pings(server)).isEqualTo(1);
            }
        }
    }

    @Test
    void oneThatDoesNotEvenAnswerThatIsGivenUp() throws Exception {
        door.close();
        door = new GrpcUnderTest(new LinkLimits(QUICK.silence(), QUICK.silence(), QUICK.idle(), QUICK.lastStream()));
        try (Http2Wire client = Http2Wire.client(door.port())) {
            client.headers(1, GrpcUnderTest.head(), true);
            try (Http2Wire server = door.accept()) {
                server.await(Http2Wire.PING);
                assertThat(client.await(Http2Wire.HEADERS).header("grpc-status"))
                        .isEqualTo("14");
                server.await(Http2Wire.GOAWAY);
                assertThat(server.read()).isNull();
            }
        }
        assertThat(door.heard).containsExactly("failed CONNECTION_TERMINATED false");
    }

    /** One that is gone without a word does not answer; and a PING does not find it where both are used up. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void theKernelAsksWhetherItsMachineIsThere() throws Exception {
        try (Http2Wire client = Http2Wire.client(door.port())) {
            client.headers(1, GrpcUnderTest.head(), true);
            try (Http2Wire server = door.accept()) {
                server.await(Http2Wire.HEADERS);
                pings(server);
                List<Integer> timers = KernelKeepAliveIT.timers(door.server.getLocalPort());
                // Hundredths of a second
                assertThat(timers).hasSize(1).allSatisfy(due -> assertThat(due).isBetween(1, 2_000));
            }
        }
    }

    /** How many come in a while; each is answered. */
    private static int pings(Http2Wire server) throws IOException {
        int pings = 0;
        server.timeout(A_WHILE);
        try {
            // One more than there may be is enough to know.
            for (; pings < 3; pings++) {
                Http2Wire.Frame ping = server.await(Http2Wire.PING);
                assertThat(ping.flags()).isZero();
                server.frame(Http2Wire.PING, Http2Wire.ACK, 0, ping.payload());
            }
            return pings;
        } catch (SocketTimeoutException quiet) {
            return pings;
        } finally {
            server.timeout(20_000);
        }
    }
}
