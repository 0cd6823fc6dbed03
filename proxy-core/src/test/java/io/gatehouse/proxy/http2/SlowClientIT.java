// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.http2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.proxy.DownstreamTimeouts;
import io.gatehouse.proxy.grpc.CallInspector;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Clients that begin something and do not go on. The deadline of heads is half a second here, and the rate of bodies is measured over
 * one.
 */
@Timeout(60)
class SlowClientIT {
    private static final int ENHANCE_YOUR_CALM = 11;
    private static final String DEADLINE_EXCEEDED = "4";
    private static final int CANCEL = 8;
    private static final int INITIAL_WINDOW = 4;
    private static final Duration PATIENCE = Duration.ofMillis(500);
    private static final Duration STALL = Duration.ofSeconds(1);
    private static final byte[] CRUMB = new byte[1];

    private GrpcUnderTest door;
    private Bystander bystander;

    @BeforeEach
    void open() throws Exception {
        DownstreamTimeouts usual = DownstreamTimeouts.DEFAULT;
        door = new GrpcUnderTest(new DownstreamTimeouts(
                PATIENCE, usual.keepAlive(), STALL, usual.writeStall(), usual.minBodyRate(), usual.tunnelIdle()));
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

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aCallThatDoesNotSayWhereItGoesIsEndedHoweverItDrips(boolean drips) throws Exception {
        // Given: the first call wants to know more than it is told
        AtomicInteger cancelled = new AtomicInteger();
        door.inspectors = _ -> new CallInspector() {
            @Override
            public Decision begin() {
                return Decision.MORE;
            }

            @Override
            public Decision inspect(ByteBuf bytes, boolean end) {
                return Decision.MORE;
            }

            @Override
            public void cancelled() {
                cancelled.incrementAndGet();
            }
        };
        try (Http2Wire client = Http2Wire.client(door.port())) {
            long begin = System.nanoTime();
            client.headers(1, GrpcUnderTest.head(), false);
            // When
            try (Dripping _ = drips ? new Dripping(client, 1) : null) {
                Http2Wire.Frame end = client.await(Http2Wire.HEADERS);
                // Then
                assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThanOrEqualTo(PATIENCE);
                assertThat(end.ends()).isTrue();
                assertThat(end.header("grpc-status")).isEqualTo(DEADLINE_EXCEEDED);
                assertThat(client.await(Http2Wire.RST_STREAM).code()).isZero();
            }
            assertThat(cancelled).hasValue(1);
            await().untilAsserted(() -> assertThat(door.logged())
                    .contains("\"grpc_status\":4")
                    .contains("\"error\":\"http_request_error\""));
            // And: the connection serves others
            door.inspectors = _ -> GrpcUnderTest.deciding(new CallInspector.Decision.Forward(door.call()));
            client.headers(3, GrpcUnderTest.head(), true);
            bystander.server().await(Http2Wire.HEADERS);
        }
    }

    @Test
    void theTimeThatWeTakeToFindOutIsNotTheClients() throws Exception {
        // Given: it takes longer than a client may, until more is wanted
        CompletableFuture<CallInspector.Decision> later = new CompletableFuture<>();
        door.inspectors = _ -> GrpcUnderTest.deciding(new CallInspector.Decision.Deferred(later));
        try (Http2Wire client = Http2Wire.client(door.port())) {
            client.headers(1, GrpcUnderTest.head(), false);
            Thread.sleep(PATIENCE.multipliedBy(2));
            // When
            long begin = System.nanoTime();
            later.complete(CallInspector.Decision.MORE);
            // Then: the client has all of its own
            assertThat(client.await(Http2Wire.HEADERS).header("grpc-status")).isEqualTo(DEADLINE_EXCEEDED);
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThanOrEqualTo(PATIENCE);
        }
        door.inspectors = _ -> GrpcUnderTest.deciding(new CallInspector.Decision.Forward(door.call()));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aMessageThatDoesNotEndIsCutHoweverItDrips(boolean drips) throws Exception {
        try (Http2Wire client = Http2Wire.client(door.port())) {
            long begin = System.nanoTime();
            client.headers(1, GrpcUnderTest.head(), false);
            client.data(1, Arrays.copyOf(GrpcUnderTest.message(100_000), 100), false);
            int there = bystander.server().await(Http2Wire.HEADERS).stream();
            // When
            try (Dripping _ = drips ? new Dripping(client, 1) : null) {
                Http2Wire.Frame end = client.await(Http2Wire.HEADERS);
                // Then
                assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThanOrEqualTo(STALL);
                assertThat(end.ends()).isTrue();
                assertThat(end.header("grpc-status")).isEqualTo(DEADLINE_EXCEEDED);
            }
            Http2Wire.Frame reset = bystander.server().await(Http2Wire.RST_STREAM);
            assertThat(reset.stream()).isEqualTo(there);
            assertThat(reset.code()).isEqualTo(CANCEL);
        }
        assertThat(door.heard).containsExactly("ended OK ", "cancelled");
    }

    @Test
    void whoRestsBetweenWholeMessagesIsNotCut() throws Exception {
        try (Http2Wire client = Http2Wire.client(door.port())) {
            client.headers(1, GrpcUnderTest.head(), false);
            client.data(1, GrpcUnderTest.message(100), false);
            int there = bystander.server().await(Http2Wire.HEADERS).stream();
            // When
            Thread.sleep(STALL.multipliedBy(3));
            client.data(1, GrpcUnderTest.message(100), true);
            // Then
            while (!bystander.server().await(Http2Wire.DATA).ends()) {
                // The first message comes before the second.
            }
            bystander.server().headers(there, GrpcUnderTest.answerHead().add("grpc-status", "0"), true);
            assertThat(client.await(Http2Wire.HEADERS).header("grpc-status")).isEqualTo("0");
        }
    }

    @Test
    void aMessageThatWaitsForItsServerIsNotSlow() throws Exception {
        // Given: a server that takes only the beginning
        bystander.server().settings(INITIAL_WINDOW, 50);
        bystander.call();
        try (Http2Wire client = Http2Wire.client(door.port())) {
            byte[] message = GrpcUnderTest.message(100);
            client.headers(1, GrpcUnderTest.head(), false);
            client.data(1, Arrays.copyOf(message, 60), false);
            int there = bystander.server().await(Http2Wire.HEADERS).stream();
            // When
            Thread.sleep(STALL.multipliedBy(3));
            client.data(1, Arrays.copyOfRange(message, 60, message.length), true);
            bystander.server().window(there, 1000);
            // Then
            while (!bystander.server().await(Http2Wire.DATA).ends()) {
                // It comes in pieces.
            }
            bystander.server().headers(there, GrpcUnderTest.answerHead().add("grpc-status", "0"), true);
            assertThat(client.await(Http2Wire.HEADERS).header("grpc-status")).isEqualTo("0");
        }
    }

    /** Sends a byte of a call now and then, until it is closed. */
    private static final class Dripping implements AutoCloseable {
        private final Thread thread;
        private volatile boolean over;

        Dripping(Http2Wire client, int stream) {
            thread = Thread.ofVirtual().start(() -> drip(client, stream));
        }

        private void drip(Http2Wire client, int stream) {
            try {
                while (!over) {
                    client.data(stream, CRUMB, false);
                    Thread.sleep(50);
                }
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public void close() throws InterruptedException {
            over = true;
            thread.join();
        }
    }
}
