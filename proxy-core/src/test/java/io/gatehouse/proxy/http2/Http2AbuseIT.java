// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.http2;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What clients do to a server of HTTP/2 rather than ask of it. Each costs them their connection, and nobody else notices. */
@Timeout(120)
class Http2AbuseIT {
    private static final int PROTOCOL_ERROR = 1;
    private static final int FLOW_CONTROL_ERROR = 3;
    private static final int STREAM_CLOSED = 5;
    private static final int FRAME_SIZE_ERROR = 6;
    private static final int REFUSED_STREAM = 7;
    private static final int CANCEL = 8;
    private static final int ENHANCE_YOUR_CALM = 11;
    private static final int NONE = -1;
    private static final int PADDED = 8;
    private static final int PRIORITY = 32;
    private static final int CONTINUATION = 9;
    private static final int STREAMS = 256;

    /** Frames until a flood is cut, and calls of it that may reach a server. */
    private static final int FLOOD = 1_000;

    private static final int REACH_THE_SERVER = 100;

    private GrpcUnderTest door;
    private Bystander bystander;

    @BeforeEach
    void open() throws Exception {
        door = new GrpcUnderTest();
        bystander = new Bystander(door);
    }

    @AfterEach
    void close() throws Exception {
        bystander.close();
        door.close();
    }

    /** What a client sends, frame by frame. */
    interface Step {
        void send(Http2Wire client, int i) throws IOException;
    }

    // ---- floods ----

    private static Stream<Arguments> floods() {
        return Stream.of(
                flood("resets", (client, i) -> {
                    client.headers(stream(i), GrpcUnderTest.head(), true);
                    client.reset(stream(i), CANCEL);
                }),
                flood("resets of refused requests", (client, i) -> {
                    client.headers(stream(i), GrpcUnderTest.head().method("PUT"), false);
                    client.reset(stream(i), CANCEL);
                }),
                flood("window updates of nothing", (client, i) -> {
                    client.headers(stream(i), GrpcUnderTest.head(), false);
                    client.window(stream(i), 0);
                }),
                flood("windows that overflow", (client, i) -> {
                    client.headers(stream(i), GrpcUnderTest.head(), true);
                    client.window(stream(i), Integer.MAX_VALUE);
                }),
                flood("data behind the end", (client, i) -> {
                    client.headers(stream(i), GrpcUnderTest.head(), true);
                    client.data(stream(i), new byte[5], false);
                }),
                flood("streams that depend on themselves", (client, i) -> {
                    client.headers(stream(i), GrpcUnderTest.head(), false);
                    client.frame(
                            Http2Wire.PRIORITY,
                            0,
                            stream(i),
                            Unpooled.buffer().writeInt(stream(i)).writeByte(0).array());
                }),
                flood("malformed requests", (client, i) -> client.block(stream(i), true, List.of("X-Upper=1"))),
                flood(
                        "streams beyond those that are allowed",
                        (client, i) -> client.headers(stream(i), GrpcUnderTest.head(), false)),
                flood("pings", (client, i) -> client.frame(Http2Wire.PING, 0, 0, new byte[8])),
                flood("settings", (client, i) -> client.frame(Http2Wire.SETTINGS, 0, 0, new byte[0])),
                flood("priorities", (client, i) -> client.frame(Http2Wire.PRIORITY, 0, 1, new byte[] {0, 0, 0, 0, 1})),
                flood("window updates", (client, i) -> client.window(0, 1)),
                flood("unknown frames", (client, i) -> client.frame(0x42, 0, 0, new byte[1])));
    }

    private static Arguments flood(String name, Step step) {
        return Arguments.of(name, step);
    }

    private static int stream(int i) {
        return 1 + 2 * i;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("floods")
    void aFloodIsCutWithinAThousandFrames(String name, Step step) throws Exception {
        assertCut(step, FLOOD);
        bystander.call();
        assertThat(bystander.others()).as("calls that reached the server").isLessThanOrEqualTo(STREAMS);
    }

    @Test
    void ofTenThousandRapidResetsNoMoreThanAHundredReachTheServer() throws Exception {
        assertCut(
                (client, i) -> {
                    client.headers(stream(i), GrpcUnderTest.head(), true);
                    client.reset(stream(i), CANCEL);
                },
                10_000);
        bystander.call();
        assertThat(bystander.others()).isLessThanOrEqualTo(REACH_THE_SERVER);
    }

    @Test
    void ofTenThousandResetsThatAreProvokedNoMoreThanAHundredReachTheServer() throws Exception {
        assertCut(
                (client, i) -> {
                    client.headers(stream(i), GrpcUnderTest.head(), false);
                    client.window(stream(i), 0);
                },
                10_000);
        bystander.call();
        assertThat(bystander.others()).isLessThanOrEqualTo(REACH_THE_SERVER);
    }

    @Test
    void dataWithoutContentIsCut() throws Exception {
        assertCut(onOneStream(client -> client.data(1, new byte[0], false)), FLOOD);
        bystander.call();
    }

    @Test
    void dataOfNothingButPaddingIsCut() throws Exception {
        byte[] padding = new byte[256];
        padding[0] = (byte) 255;
        assertCut(onOneStream(client -> client.frame(Http2Wire.DATA, PADDED, 1, padding)), FLOOD);
        bystander.call();
    }

    @Test
    void dataOfSingleBytesIsCut() throws Exception {
        assertCut(onOneStream(client -> client.data(1, new byte[1], false)), FLOOD);
        bystander.call();
    }

    /** What one frame is. */
    private interface Sent {
        void to(Http2Wire client) throws IOException;
    }

    private static Step onOneStream(Sent frame) {
        return (client, i) -> {
            if (i == 0) {
                client.headers(1, GrpcUnderTest.head(), false);
            }
            frame.to(client);
        };
    }

    /** Sends that many, and waits for the end of the connection, which says why where it comes through. */
    private void assertCut(Step step, int steps) throws Exception {
        try (Http2Wire client = Http2Wire.client(door.port());
                ExecutorService reader = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Integer> code = reader.submit(() -> codeAtTheEnd(client));
            try {
                for (int i = 0; i < steps; i++) {
                    step.send(client, i);
                }
            } catch (IOException cut) {
                // Before all were sent.
            }
            assertThat(code.get()).isIn(NONE, ENHANCE_YOUR_CALM);
        }
    }

    /** Reads until the connection ends; with what was not read any more, it does so by a reset, which may overtake the reason. */
    private static int codeAtTheEnd(Http2Wire client) throws IOException {
        int code = NONE;
        try {
            for (Http2Wire.Frame frame = client.read(); frame != null; frame = client.read()) {
                if (frame.type() == Http2Wire.GOAWAY) {
                    code = (int) frame.code();
                }
            }
        } catch (SocketException | EOFException reset) {
            return code;
        }
        return code;
    }

    // ---- header sections ----

    @Test
    void aHeaderSectionInTinyPiecesIsCut() throws IOException {
        try (Http2Wire client = Http2Wire.client(door.port())) {
            client.frame(Http2Wire.HEADERS, 0, 1, new byte[0]);
            continueWith(client, Http2Wire.field("x", "y"));
            assertEnds(client, ENHANCE_YOUR_CALM);
        }
        bystander.call();
    }

    @Test
    void aHeaderSectionInPiecesOfNothingIsCut() throws IOException {
        try (Http2Wire client = Http2Wire.client(door.port())) {
            client.frame(Http2Wire.HEADERS, 0, 1, new byte[0]);
            continueWith(client, new byte[0]);
            assertEnds(client, ENHANCE_YOUR_CALM);
        }
        bystander.call();
    }

    /** A hundred pieces of a header section, or as many as go before the connection is cut. */
    private static void continueWith(Http2Wire client, byte[] piece) {
        try {
            for (int i = 0; i < 100; i++) {
                client.frame(CONTINUATION, 0, 1, piece);
            }
        } catch (IOException cut) {
            // Before all were sent.
        }
    }

    @Test
    void aHeaderSectionThatNeverEndsIsCut() throws IOException {
        byte[] piece = Http2Wire.field("x-piece", "y".repeat(10_000));
        try (Http2Wire client = Http2Wire.client(door.port())) {
            client.frame(Http2Wire.HEADERS, 0, 1, piece);
            continueWith(client, piece);
            assertEnds(client, PROTOCOL_ERROR);
        }
        bystander.call();
    }

    @Test
    void fieldsThatUnpackToMegabytesAreA431() throws IOException {
        // Given: one field of 4,000 bytes, and 12,000 references to it, of a byte each
        ByteBuf bomb = Unpooled.buffer();
        bomb.writeBytes(Http2Wire.field("x-bomb", "b".repeat(4_000))).setByte(0, 0x40);
        for (int i = 0; i < 12_000; i++) {
            bomb.writeByte(0x80 | 62);
        }
        try (Http2Wire client = Http2Wire.client(door.port())) {
            client.frame(Http2Wire.HEADERS, Http2Wire.END_HEADERS, 1, ByteBufUtil.getBytes(bomb));
            assertThat(client.await(Http2Wire.HEADERS).header(":status")).isEqualTo("431");
            assertThat(client.await(Http2Wire.RST_STREAM).code()).isEqualTo(PROTOCOL_ERROR);
        }
        bystander.call();
    }

    @Test
    void aHeaderSectionThatIsALittleTooLargeIsA431AndTheConnectionGoesOn() throws IOException {
        try (Http2Wire client = Http2Wire.client(door.port())) {
            client.headers(1, GrpcUnderTest.head().add("x-large", "y".repeat(Windows.HEADER_LIST)), true);
            assertThat(client.await(Http2Wire.HEADERS).header(":status")).isEqualTo("431");
            client.headers(3, GrpcUnderTest.head(), true);
            assertThat(bystander.server().await(Http2Wire.HEADERS).header(":path"))
                    .isEqualTo("/test.Service/Method");
        }
    }

    @Test
    void paddingThatIsLargerThanItsFrameIsCut() throws IOException {
        try (Http2Wire client = Http2Wire.client(door.port())) {
            client.frame(Http2Wire.HEADERS, Http2Wire.END_HEADERS | PADDED, 1, new byte[] {127, 0, 0});
            assertEnds(client, PROTOCOL_ERROR);
        }
        bystander.call();
    }

    @Test
    void aHeadThatDependsOnItselfIsCut() throws IOException {
        try (Http2Wire client = Http2Wire.client(door.port())) {
            client.frame(Http2Wire.HEADERS, Http2Wire.END_HEADERS | PRIORITY, 1, new byte[] {0, 0, 0, 1, 0});
            assertEnds(client, PROTOCOL_ERROR);
        }
        bystander.call();
    }

    // ---- streams and frames ----

    @Test
    void aStreamThatIsUsedTwiceIsCut() throws IOException {
        try (Http2Wire client = Http2Wire.client(door.port())) {
            client.headers(1, GrpcUnderTest.head(), true);
            int stream = bystander.server().await(Http2Wire.HEADERS).stream();
            bystander.server().headers(stream, GrpcUnderTest.answerHead().add("grpc-status", "0"), true);
            client.await(Http2Wire.HEADERS);
            client.headers(1, GrpcUnderTest.head(), true);
            assertEnds(client, STREAM_CLOSED);
        }
        bystander.call();
    }

    @Test
    void aStreamBelowOneThatWasOpenedIsCut() throws IOException {
        try (Http2Wire client = Http2Wire.client(door.port())) {
            client.headers(7, GrpcUnderTest.head(), true);
            client.headers(5, GrpcUnderTest.head(), true);
            assertEnds(client, STREAM_CLOSED);
        }
        assertThat(bystander.server().await(Http2Wire.RST_STREAM).code()).isEqualTo(CANCEL);
        bystander.call();
        assertThat(bystander.others()).isZero();
    }

    @Test
    void aStreamOfTheServersIsCut() throws IOException {
        try (Http2Wire client = Http2Wire.client(door.port())) {
            client.headers(2, GrpcUnderTest.head(), true);
            assertEnds(client, PROTOCOL_ERROR);
        }
        bystander.call();
    }

    @Test
    void aSecondHeadOnAStreamThatIsEndedIsCut() throws IOException {
        try (Http2Wire client = Http2Wire.client(door.port())) {
            client.headers(1, GrpcUnderTest.head(), true);
            bystander.server().await(Http2Wire.HEADERS);
            client.headers(1, GrpcUnderTest.head(), true);
            assertEnds(client, PROTOCOL_ERROR);
            assertThat(bystander.server().await(Http2Wire.RST_STREAM).code()).isEqualTo(CANCEL);
        }
        bystander.call();
    }

    @Test
    void oneStreamMoreThanThereAreIsRefusedAndTheOthersGoOn() throws IOException {
        try (Http2Wire client = Http2Wire.client(door.port())) {
            for (int i = 0; i <= STREAMS; i++) {
                client.headers(stream(i), GrpcUnderTest.head(), false);
            }
            client.data(stream(STREAMS), GrpcUnderTest.message(10), true);
            Http2Wire.Frame refused = client.await(Http2Wire.RST_STREAM);
            assertThat(refused.stream()).isEqualTo(stream(STREAMS));
            assertThat(refused.code()).isEqualTo(REFUSED_STREAM);
            client.frame(Http2Wire.PING, 0, 0, new byte[8]);
            client.await(Http2Wire.PING);
        }
        bystander.call();
        assertThat(bystander.others()).isEqualTo(STREAMS);
    }

    @Test
    void whoBeginsManyCallsWhileWeLeaveIsRefusedAndNotCut() throws IOException {
        try (Http2Wire client = Http2Wire.client(door.port())) {
            // Given: a call that runs
            client.headers(1, GrpcUnderTest.head(), true);
            int stream = bystander.server().await(Http2Wire.HEADERS).stream();
            // When
            door.runtime.drainState().begin();
            assertThat(client.await(Http2Wire.GOAWAY).code()).isZero();
            assertThat(client.await(Http2Wire.GOAWAY).code()).isZero();
            for (int i = 1; i <= STREAMS; i++) {
                client.headers(stream(i), GrpcUnderTest.head(), false);
                client.data(stream(i), GrpcUnderTest.message(10), true);
                assertThat(client.await(Http2Wire.RST_STREAM).code()).isEqualTo(REFUSED_STREAM);
            }
            // Then
            bystander.server().headers(stream, GrpcUnderTest.answerHead().add("grpc-status", "0"), true);
            assertThat(client.await(Http2Wire.HEADERS).header("grpc-status")).isEqualTo("0");
        }
    }

    @Test
    void moreDataThanTheWindowTakesEndsTheStream() throws IOException {
        try (Http2Wire client = Http2Wire.client(door.port())) {
            client.headers(1, GrpcUnderTest.head(), false);
            // A server that takes nothing, and a client that does not care
            byte[] piece = new byte[16 << 10];
            for (int i = 0; i < 64; i++) {
                client.data(1, piece, false);
            }
            Http2Wire.Frame reset = client.await(Http2Wire.RST_STREAM);
            assertThat(reset.code()).isEqualTo(FLOW_CONTROL_ERROR);
        }
        bystander.call();
    }

    @Test
    void aFrameThatIsTooLargeIsCut() throws IOException {
        try (Http2Wire client = Http2Wire.client(door.port())) {
            client.frame(Http2Wire.HEADERS, Http2Wire.END_HEADERS, 1, new byte[Windows.CLIENT_FRAME + 1]);
            assertEnds(client, FRAME_SIZE_ERROR);
        }
        bystander.call();
    }

    @Test
    void whatWasUnderWayWhenWeResetAStreamIsPassedOver() throws IOException {
        try (Http2Wire client = Http2Wire.client(door.port())) {
            // Given: a call that its server ends before its request has ended
            client.headers(1, GrpcUnderTest.head(), false);
            int stream = bystander.server().await(Http2Wire.HEADERS).stream();
            bystander.server().headers(stream, GrpcUnderTest.answerHead().add("grpc-status", "8"), true);
            assertThat(client.await(Http2Wire.RST_STREAM).stream()).isEqualTo(1);
            // When
            for (int i = 0; i < 10; i++) {
                client.data(1, new byte[16 << 10], false);
            }
            client.headers(1, GrpcUnderTest.trailers("0"), true);
            // Then
            client.headers(3, GrpcUnderTest.head(), true);
            assertThat(bystander.server().await(Http2Wire.HEADERS).stream()).isGreaterThan(stream);
            client.frame(Http2Wire.PING, 0, 0, new byte[8]);
            Http2Wire.Frame next = client.read();
            while (next != null && next.type() == Http2Wire.WINDOW_UPDATE) {
                next = client.read();
            }
            assertThat(next).extracting(Http2Wire.Frame::type).isEqualTo(Http2Wire.PING);
        }
    }

    private static void assertEnds(Http2Wire client, int code) throws IOException {
        assertThat(client.await(Http2Wire.GOAWAY).code()).isEqualTo(code);
        try {
            assertThat(client.read()).isNull();
        } catch (IOException reset) {
            // What it had not read makes the end of it a reset.
        }
    }
}
