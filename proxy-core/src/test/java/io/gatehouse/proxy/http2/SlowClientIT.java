// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.http2;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.proxy.DownstreamTimeouts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Clients that begin something and do not go on; the deadline of heads is half a second here. */
@Timeout(60)
class SlowClientIT {
    private static final int ENHANCE_YOUR_CALM = 11;
    private static final Duration PATIENCE = Duration.ofMillis(500);

    private GrpcUnderTest door;
    private Bystander bystander;

    @BeforeEach
    void open() throws Exception {
        DownstreamTimeouts usual = DownstreamTimeouts.DEFAULT;
        door = new GrpcUnderTest(new DownstreamTimeouts(
                PATIENCE,
                usual.keepAlive(),
                usual.bodyStall(),
                usual.writeStall(),
                usual.minBodyRate(),
                usual.tunnelIdle()));
        bystander = new Bystander(door);
    }

    @AfterEach
    void close() throws Exception {
        bystander.call();
        bystander.close();
        door.close();
    }

    @Test
    void aPrefaceThatDoesNotEndIsCut() throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), door.port())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(Arrays.copyOf(Http2Wire.PREFACE, 20));
            assertEnds(socket);
        }
    }

    @Test
    void settingsThatDoNotComeAreNotAwaited() throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), door.port())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(Http2Wire.PREFACE);
            assertEnds(socket);
        }
    }

    @Test
    void aPrefaceThatComesByteByByteIsNotTakenForHttp1() throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), door.port())) {
            socket.setSoTimeout(20_000);
            socket.setTcpNoDelay(true);
            for (byte one : Http2Wire.PREFACE) {
                socket.getOutputStream().write(one);
                Thread.sleep(5);
            }
            // Three bytes of length, and the type: our SETTINGS
            assertThat(socket.getInputStream().readNBytes(4)[3]).isEqualTo((byte) Http2Wire.SETTINGS);
        }
    }

    @Test
    void whatIsNeitherHttp2NorHttp1GetsNoAnswerOfHttp1() throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), door.port())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write("INVALID CONNECTION PREFACE\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
            assertThat(answer).doesNotContain("HTTP/1.1 ");
        }
    }

    /** Reads to the end, which comes in time. */
    private static void assertEnds(Socket socket) throws IOException {
        long begin = System.nanoTime();
        socket.getInputStream().readAllBytes();
        assertThat(Duration.ofNanos(System.nanoTime() - begin))
                .isBetween(PATIENCE.dividedBy(2), PATIENCE.multipliedBy(10));
    }

    @Test
    void aHeaderSectionThatDoesNotEndIsCutHoweverItDrips() throws Exception {
        try (Http2Wire client = Http2Wire.client(door.port())) {
            client.frame(Http2Wire.HEADERS, 0, 1, new byte[0]);
            // When: further pieces come in time
            Thread.sleep(PATIENCE.dividedBy(2));
            client.frame(9, 0, 1, Http2Wire.field("x", "y"));
            // Then
            assertThat(client.await(Http2Wire.GOAWAY).code()).isEqualTo(ENHANCE_YOUR_CALM);
            assertThat(client.read()).isNull();
        }
    }

    @Test
    void aRequestThatIsRefusedMayEndAndIsResetAfterAMoment() throws Exception {
        try (Http2Wire client = Http2Wire.client(door.port())) {
            // Given: two requests that are no calls of gRPC, with more to come
            for (int stream : new int[] {1, 3}) {
                client.headers(stream, GrpcUnderTest.head().method("PUT"), false);
                assertThat(client.await(Http2Wire.HEADERS).header(":status")).isEqualTo("405");
                assertThat(client.await(Http2Wire.DATA).ends()).isTrue();
            }
            // When: one of them ends
            client.data(1, new byte[5], true);
            // Then
            Http2Wire.Frame reset = client.await(Http2Wire.RST_STREAM);
            assertThat(reset.stream()).isEqualTo(3);
            assertThat(reset.code()).isZero();
        }
    }

    @Test
    void whoRestsBetweenWholeHeadsIsNotCut() throws Exception {
        try (Http2Wire client = Http2Wire.client(door.port())) {
            client.headers(1, GrpcUnderTest.head(), false);
            bystander.server().await(Http2Wire.HEADERS);
            Thread.sleep(PATIENCE.multipliedBy(2));
            client.frame(Http2Wire.PING, 0, 0, new byte[8]);
            assertThat(client.await(Http2Wire.PING).payload()).hasSize(8);
        }
    }
}
