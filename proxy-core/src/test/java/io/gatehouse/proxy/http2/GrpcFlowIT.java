// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.http2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.proxy.grpc.CallInspector;
import io.gatehouse.proxy.net.MemoryPressure;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who has to wait for whom, and what clients may do without asking for anything. */
@Timeout(60)
class GrpcFlowIT {
    private static final int INITIAL_WINDOW = 4;
    private static final int PIECE = 16 << 10;
    private static final int STREAMS = 50;

    private GrpcUnderTest door;

    @BeforeEach
    void open() throws Exception {
        door = new GrpcUnderTest();
    }

    @AfterEach
    void close() throws Exception {
        door.close();
    }

    @Test
    void aReaderThatIsStuckHoldsUpItsOwnServerAndNobodyElse() throws IOException {
        try (Http2Wire client = Http2Wire.client(door.port(), INITIAL_WINDOW, PIECE)) {
            client.window(0, 1 << 30);
            // Given: a stream whose client takes no more than its first window
            client.headers(1, GrpcUnderTest.head(), true);
            try (Http2Wire server = door.accept()) {
                int stuck = server.await(Http2Wire.HEADERS).stream();
                server.headers(stuck, GrpcUnderTest.answerHead(), false);
                int sent = fillWindow(server, stuck);
                // Then: the server was given credit for what fits into the windows, and for no more
                assertThat(sent).isBetween(Windows.STREAM, 2 * Windows.STREAM + PIECE);
                // When: fifty others
                for (int i = 0; i < STREAMS; i++) {
                    client.headers(3 + 2 * i, GrpcUnderTest.head(), true);
                    int stream = server.await(Http2Wire.HEADERS).stream();
                    server.headers(stream, GrpcUnderTest.answerHead(), false);
                    server.data(stream, GrpcUnderTest.message(1000), false);
                    server.headers(stream, GrpcUnderTest.trailers("0"), true);
                }
                // Then
                int whole = 0;
                while (whole < STREAMS) {
                    Http2Wire.Frame frame = client.await(Http2Wire.HEADERS);
                    if (frame.ends()) {
                        assertThat(frame.header("grpc-status")).isEqualTo("0");
                        whole++;
                    }
                }
            }
        }
    }

    @Test
    void longAnswersPassOneThatIsStuckOnTheSameConnection() throws Exception {
        int pieces = 100;
        // Given: windows as they are where nobody says anything, and a stream that its client has stopped to read
        try (Http2Wire client = Http2Wire.client(door.port())) {
            client.headers(1, GrpcUnderTest.head(), true);
            try (Http2Wire server = door.accept()) {
                int stuck = server.await(Http2Wire.HEADERS).stream();
                server.headers(stuck, GrpcUnderTest.answerHead(), false);
                fillWindow(server, stuck);
                // As much as the stuck one has got, and not what waits for it.
                client.window(0, 65_535);
                // When: another, whose client reads
                client.headers(3, GrpcUnderTest.head(), true);
                int stream = server.await(Http2Wire.HEADERS).stream();
                server.headers(stream, GrpcUnderTest.answerHead(), false);
                Thread writer = Thread.ofVirtual().start(() -> sendAll(server, stream, pieces, Windows.STREAM));
                client.timeout(10_000);
                Http2Wire.Frame frame;
                do {
                    frame = client.read();
                    if (frame != null && frame.type() == Http2Wire.DATA && frame.payload().length > 0) {
                        client.window(0, frame.payload().length);
                        if (frame.stream() == 3) {
                            client.window(3, frame.payload().length);
                        }
                    }
                } while (frame != null && !(frame.ends() && frame.stream() == 3));
                // Then
                assertThat(frame).isNotNull();
                writer.join();
            }
        }
    }

    /** Sends as long as the other side gives credit; the bytes that went. */
    private static int fillWindow(Http2Wire server, int stream) throws IOException {
        int credit = Windows.STREAM;
        int sent = 0;
        server.timeout(2_000);
        byte[] piece = new byte[PIECE];
        while (true) {
            while (credit >= PIECE) {
                server.data(stream, piece, false);
                credit -= PIECE;
                sent += PIECE;
            }
            try {
                Http2Wire.Frame update = server.await(Http2Wire.WINDOW_UPDATE);
                if (update.stream() == stream) {
                    credit += (int) update.code();
                }
            } catch (SocketTimeoutException quiet) {
                server.timeout(20_000);
                return sent;
            }
        }
    }

    @Test
    void aServerThatIsStuckHoldsUpItsClient() throws IOException {
        try (Http2Wire client = Http2Wire.client(door.port())) {
            client.headers(1, GrpcUnderTest.head(), false);
            try (Http2Wire server = door.accept(INITIAL_WINDOW, PIECE)) {
                server.await(Http2Wire.HEADERS);
                assertThat(fillWindow(client, 1)).isBetween(Windows.STREAM, 2 * Windows.STREAM + PIECE);
            }
        }
    }

    @Test
    void whatIsGivenBackLetsALongAnswerThrough() throws Exception {
        int pieces = 1000;
        try (Http2Wire client = Http2Wire.client(door.port())) {
            client.headers(1, GrpcUnderTest.head(), true);
            try (Http2Wire server = door.accept()) {
                int stream = server.await(Http2Wire.HEADERS).stream();
                server.headers(stream, GrpcUnderTest.answerHead(), false);
                Thread reader = Thread.ofVirtual().start(() -> sendAll(server, stream, pieces, Windows.STREAM));
                long received = 0;
                Http2Wire.Frame frame;
                do {
                    frame = client.read();
                    if (frame != null && frame.type() == Http2Wire.DATA && frame.payload().length > 0) {
                        received += frame.payload().length;
                        client.window(1, frame.payload().length);
                        client.window(0, frame.payload().length);
                    }
                } while (frame != null && !(frame.ends() && frame.stream() == 1));
                assertThat(received).as("%s %s", frame, door.logged()).isEqualTo((long) pieces * PIECE);
                reader.join();
            }
        }
    }

    @Test
    void aReaderThatPausesGetsTheRestAsSoonAsItReadsAgain() throws Exception {
        int pieces = 2000;
        try (Http2Wire client = Http2Wire.client(door.port(), INITIAL_WINDOW, 1 << 30)) {
            // Given: windows that are no limit, so that the socket is what is full
            client.window(0, 1 << 30);
            client.headers(1, GrpcUnderTest.head(), true);
            try (Http2Wire server = door.accept()) {
                int stream = server.await(Http2Wire.HEADERS).stream();
                server.headers(stream, GrpcUnderTest.answerHead(), false);
                fillWindow(server, stream);
                // When: it reads, and says nothing
                client.timeout(10_000);
                Thread writer = Thread.ofVirtual().start(() -> sendAll(server, stream, pieces, 0));
                Http2Wire.Frame frame;
                do {
                    frame = client.read();
                } while (frame != null && !(frame.ends() && frame.stream() == 1));
                // Then
                assertThat(frame).isNotNull();
                writer.join();
            }
        }
    }

    private static void sendAll(Http2Wire server, int stream, int pieces, int credit) {
        try {
            for (int i = 0; i < pieces; i++) {
                while (credit < PIECE) {
                    Http2Wire.Frame update = server.await(Http2Wire.WINDOW_UPDATE);
                    credit += update.stream() == stream ? (int) update.code() : 0;
                }
                server.data(stream, new byte[PIECE], false);
                credit -= PIECE;
            }
            server.headers(stream, GrpcUnderTest.trailers("0"), true);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void floodsAreCutWithinAThousandFrames() throws IOException {
        assertThat(flood((client, _) -> client.frame(Http2Wire.PING, 0, 0, new byte[8])))
                .isLessThan(1000);
        assertThat(flood((client, _) -> client.frame(Http2Wire.SETTINGS, 0, 0, new byte[0])))
                .isLessThan(1000);
        assertThat(flood((client, _) -> client.frame(Http2Wire.PRIORITY, 0, 1, new byte[] {0, 0, 0, 0, 1})))
                .isLessThan(1000);
        assertThat(flood((client, _) -> client.window(0, 1))).isLessThan(1000);
        assertThat(flood((client, _) -> client.frame(0x42, 0, 0, new byte[1]))).isLessThan(1000);
        assertThat(flood((client, i) -> {
                    client.headers(1 + 2 * i, GrpcUnderTest.head(), true);
                    client.reset(1 + 2 * i, 8);
                }))
                .isLessThan(1000);
    }

    private interface Step {
        void send(Http2Wire client, int i) throws IOException;
    }

    /** How many steps it takes until the connection is cut. */
    private int flood(Step step) throws IOException {
        try (Http2Wire client = Http2Wire.client(door.port())) {
            Thread ignoring = Thread.ofVirtual().start(() -> {
                try {
                    while (client.read() != null) {
                        // What comes is not answered.
                    }
                } catch (IOException over) {
                    // The connection is cut.
                }
            });
            for (int i = 0; i < 5000; i++) {
                step.send(client, i);
                if (i % 50 == 49) {
                    Thread.onSpinWait();
                    if (!ignoring.isAlive()) {
                        return i;
                    }
                    pause();
                }
            }
            return 5000;
        } catch (IOException cut) {
            return 999;
        }
    }

    /** Lets the other side see what was sent. */
    private static void pause() {
        try {
            Thread.sleep(20);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void clientsThatAskForSomethingMayCancelALot() throws IOException {
        try (Http2Wire client = Http2Wire.client(door.port())) {
            // Given: three of four calls end well, one is cancelled, hundreds of times
            try (Http2Wire server = begin(client)) {
                for (int i = 1; i < 1500; i++) {
                    client.headers(1 + 2 * i, GrpcUnderTest.head(), true);
                    int stream = server.await(Http2Wire.HEADERS).stream();
                    if (i % 4 == 0) {
                        client.reset(1 + 2 * i, 8);
                    } else {
                        server.headers(stream, GrpcUnderTest.answerHead().add("grpc-status", "0"), true);
                        client.await(Http2Wire.HEADERS);
                    }
                }
            }
        }
        await().untilAsserted(() -> assertThat(door.heard).contains("cancelled"));
    }

    private Http2Wire begin(Http2Wire client) throws IOException {
        client.headers(1, GrpcUnderTest.head(), true);
        Http2Wire server = door.accept();
        server.headers(
                server.await(Http2Wire.HEADERS).stream(),
                GrpcUnderTest.answerHead().add("grpc-status", "0"),
                true);
        client.await(Http2Wire.HEADERS);
        return server;
    }

    @Test
    void shortOfMemoryWhoRestsGivesWayAndCallsGoOn() throws IOException {
        door.resumable = true;
        try (Http2Wire busy = Http2Wire.client(door.port());
                Http2Wire idle = Http2Wire.client(door.port())) {
            busy.headers(1, GrpcUnderTest.head(), true);
            try (Http2Wire server = door.accept()) {
                int stream = server.await(Http2Wire.HEADERS).stream();
                server.headers(stream, GrpcUnderTest.answerHead(), false);
                busy.await(Http2Wire.HEADERS);
                // When
                door.runtime.memoryPressure().set(MemoryPressure.Level.DRAIN);
                // Then
                idle.await(Http2Wire.GOAWAY);
                server.headers(stream, GrpcUnderTest.trailers("0"), true);
                assertThat(busy.await(Http2Wire.HEADERS).header("grpc-status")).isEqualTo("0");
            }
        }
        assertThat(door.heard).containsExactly("ended OK ");
    }

    @Test
    void aProcessThatEndsLetsGoOfCallsThatComeBackAndWaitsForTheOthers() throws IOException {
        door.resumable = true;
        try (Http2Wire client = Http2Wire.client(door.port())) {
            client.headers(1, GrpcUnderTest.head(), true);
            try (Http2Wire server = door.accept()) {
                int stream = server.await(Http2Wire.HEADERS).stream();
                server.headers(stream, GrpcUnderTest.answerHead(), false);
                byte[] message = GrpcUnderTest.message(1000);
                server.data(stream, Arrays.copyOf(message, 600), false);
                client.await(Http2Wire.DATA);
                // When
                door.runtime.drainState().begin();
                // Then: nothing ends in the middle of a message
                assertThat(client.await(Http2Wire.GOAWAY).code()).isZero();
                server.data(stream, Arrays.copyOfRange(message, 600, message.length), false);
                assertThat(client.await(Http2Wire.DATA).payload()).hasSize(405);
                Http2Wire.Frame end = client.await(Http2Wire.HEADERS);
                assertThat(end.header("grpc-status")).isEqualTo("0");
                assertThat(end.ends()).isTrue();
                assertThat(server.await(Http2Wire.RST_STREAM).stream()).isEqualTo(stream);
                assertCloses(client);
            }
        }
        assertThat(door.heard).containsExactly("cancelled");
    }

    /** As long as the door is open, whoever is sent away comes back here. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whoComesWhileAProcessDrainsIsSentAwayOnceAndNotBeforeItsDoorIsClosed(boolean forGood) throws Exception {
        door.resumable = true;
        if (forGood) {
            door.runtime.drainState().begin();
        } else {
            door.runtime.drainState().request(true);
        }
        try (Http2Wire client = Http2Wire.client(door.port())) {
            client.headers(1, GrpcUnderTest.head(), true);
            try (Http2Wire server = door.accept()) {
                int stream = server.await(Http2Wire.HEADERS).stream();
                server.headers(stream, GrpcUnderTest.answerHead(), false);
                server.data(stream, GrpcUnderTest.message(10), false);
                client.await(Http2Wire.DATA);
                // When: several beats
                Thread.sleep(300);
                client.frame(Http2Wire.PING, 0, 0, new byte[8]);
                // Then
                assertThat(client.read())
                        .isNotNull()
                        .satisfies(frame -> assertThat(frame.type()).isEqualTo(Http2Wire.PING));
                // When
                door.closeDoor();
                door.runtime.drainState().begin();
                // Then
                assertThat(client.read())
                        .isNotNull()
                        .satisfies(frame -> assertThat(frame.type()).isEqualTo(Http2Wire.GOAWAY));
                assertThat(client.read())
                        .isNotNull()
                        .satisfies(
                                frame -> assertThat(frame.header("grpc-status")).isEqualTo("0"));
                assertCloses(client);
            }
        }
    }

    /** The second GOAWAY says which call was the last, and then the connection ends (RFC 9113 section 6.8). */
    private static void assertCloses(Http2Wire client) throws IOException {
        assertThat(client.read()).isNotNull().satisfies(frame -> {
            assertThat(frame.type()).isEqualTo(Http2Wire.GOAWAY);
            assertThat(frame.lastStream()).isEqualTo(1);
        });
        assertThat(client.read()).isNull();
    }

    @Test
    void aDrainThatIsTakenBackLeavesNobodyBehind() throws Exception {
        door.runtime.drainState().request(true);
        try (Http2Wire client = Http2Wire.client(door.port())) {
            door.runtime.drainState().request(false);
            Thread.sleep(300);
            // When
            door.runtime.drainState().request(true);
            // Then
            assertThat(client.await(Http2Wire.GOAWAY).code()).isZero();
        }
    }

    /** It was begun before its client could know. */
    @Test
    void aCallThatComesAsWeLeaveIsServed() throws IOException {
        try (Http2Wire client = Http2Wire.client(door.port())) {
            client.headers(1, GrpcUnderTest.head(), true);
            try (Http2Wire server = door.accept()) {
                server.await(Http2Wire.HEADERS);
                // When
                door.runtime.drainState().begin();
                assertThat(client.await(Http2Wire.GOAWAY).lastStream()).isEqualTo(Integer.MAX_VALUE);
                client.headers(3, GrpcUnderTest.head(), false);
                client.data(3, GrpcUnderTest.message(10), true);
                // Then
                int late = server.await(Http2Wire.HEADERS).stream();
                assertThat(client.await(Http2Wire.GOAWAY).lastStream()).isEqualTo(3);
                server.headers(late, GrpcUnderTest.answerHead().add("grpc-status", "0"), true);
                assertThat(client.await(Http2Wire.HEADERS).header("grpc-status"))
                        .isEqualTo("0");
            }
        }
    }

    @Test
    void aCallThatTakesItsTimeHearsOfADrainOnceAndOfItsEndOnce() throws Exception {
        try (Http2Wire client = Http2Wire.client(door.port())) {
            client.headers(1, GrpcUnderTest.head(), true);
            try (Http2Wire server = door.accept()) {
                int stream = server.await(Http2Wire.HEADERS).stream();
                door.runtime.drainState().begin();
                client.await(Http2Wire.GOAWAY);
                client.await(Http2Wire.GOAWAY);
                // When: several beats
                Thread.sleep(300);
                server.headers(stream, GrpcUnderTest.answerHead().add("grpc-status", "0"), true);
                // Then: nothing but the answer
                assertThat(client.read())
                        .isNotNull()
                        .satisfies(
                                frame -> assertThat(frame.header("grpc-status")).isEqualTo("0"));
                assertThat(client.read()).isNull();
            }
        }
    }

    @Test
    void whoHasNotSaidWhereACallGoesDoesNotHoldUpADrain() throws Exception {
        // Given: a call of which nothing but its head has come
        door.inspectors = _ -> GrpcUnderTest.deciding(CallInspector.Decision.MORE);
        try (Http2Wire client = Http2Wire.client(door.port())) {
            long begin = System.nanoTime();
            client.headers(1, GrpcUnderTest.head(), false);
            // A connection that begins during a drain is kept as long as the door is open.
            await().until(() -> door.runtime.drainState().exchangesInFlight() == 1);
            // When
            door.runtime.drainState().begin();
            // Then: it has had a moment for the rest, and is told to come again
            assertThat(client.await(Http2Wire.GOAWAY).code()).isZero();
            Http2Wire.Frame end = client.await(Http2Wire.HEADERS);
            assertThat(System.nanoTime() - begin).isGreaterThanOrEqualTo(GrpcExchange.MOMENT_NANOS);
            assertThat(end.ends()).isTrue();
            assertThat(end.header("grpc-status")).isEqualTo("14");
            assertThat(end.header("grpc-status-details-bin"))
                    .as("RetryInfo: the client tries again")
                    .isNotEqualTo("null");
            assertThat(client.await(Http2Wire.RST_STREAM).code()).isZero();
            // And: the connection ends, with the second step of taking leave or behind it
            Http2Wire.Frame rest = client.read();
            while (rest != null) {
                assertThat(rest.type()).isEqualTo(Http2Wire.GOAWAY);
                rest = client.read();
            }
        }
        await().untilAsserted(() -> assertThat(door.logged()).contains("\"error\":\"proxy_internal_response\""));
    }
}
