// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.http2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.proxy.net.MemoryPressure.Level;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What many may cost who do not take what they asked for. Neither side has room for anything on a stream unless it says so. */
@Timeout(120)
class StuckCallsIT {
    private static final int INITIAL_WINDOW = 4;
    private static final int CANCEL = 8;
    private static final int ENHANCE_YOUR_CALM = 11;
    private static final int MUCH = 1 << 30;
    private static final int STUCK = 50;
    private static final int PIECE = 16 << 10;
    private static final byte[] CRUMB = new byte[100];

    /** The client's stream that reads. */
    private static final int LIVE = 1;

    private GrpcUnderTest door;
    private Http2Wire client;
    private Http2Wire server;
    /** The server's end of {@link #LIVE}. */
    private int live;

    @BeforeEach
    void open() throws Exception {
        door = new GrpcUnderTest();
        client = Http2Wire.client(door.port(), INITIAL_WINDOW, 0);
        client.window(0, MUCH);
        client.headers(LIVE, GrpcUnderTest.head(), true);
        server = door.accept(INITIAL_WINDOW, 0);
        live = beginAnswer();
        client.window(LIVE, MUCH);
    }

    @AfterEach
    void close() throws Exception {
        client.close();
        server.close();
        door.close();
    }

    /** Begins the answer of the next call that the server sees; returns its stream there. */
    private int beginAnswer() throws IOException {
        int stream = server.await(Http2Wire.HEADERS).stream();
        server.headers(stream, GrpcUnderTest.answerHead(), false);
        return stream;
    }

    /** A call whose answer is begun and not read; returns the server's stream. */
    private int stuck(int stream) throws IOException {
        client.headers(stream, GrpcUnderTest.head(), true);
        int there = beginAnswer();
        server.data(there, CRUMB, false);
        return there;
    }

    @Test
    void whatIsStuckKeepsItsOwnBytesAndNotAllThatWasReadWithThem() throws Exception {
        // Given
        List<Integer> stuck = new ArrayList<>();
        for (int i = 0; i < STUCK; i++) {
            stuck.add(stuck(3 + 2 * i));
        }
        long before = PooledByteBufAllocator.DEFAULT.pinnedDirectMemory();
        int rounds = 500;
        int pieces = 8;
        // When: each read of the server's connection brings much for a reader, and a little for one that is stuck
        try (ExecutorService both = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Integer> received = both.submit(() -> readLive(rounds * pieces * PIECE));
            int credit = Windows.STREAM;
            for (int round = 0; round < rounds; round++) {
                for (int i = 0; i < pieces; i++) {
                    while (credit < PIECE) {
                        Http2Wire.Frame update = server.await(Http2Wire.WINDOW_UPDATE);
                        credit += update.stream() == live ? (int) update.code() : 0;
                    }
                    server.data(live, new byte[PIECE], false);
                    credit -= PIECE;
                }
                server.data(stuck.get(round % STUCK), CRUMB, false);
            }
            // Then: all of it has come, and next to nothing is kept
            assertThat(received.get()).isEqualTo(rounds * pieces * PIECE);
        }
        await().untilAsserted(() -> assertThat(PooledByteBufAllocator.DEFAULT.pinnedDirectMemory() - before)
                .isLessThan(4 << 20));
    }

    private int readLive(int bytes) throws IOException {
        int received = 0;
        while (received < bytes) {
            received += client.await(Http2Wire.DATA).payload().length;
        }
        return received;
    }

    @Test
    void whoCancelsACallThatIsStuckHasResetItOnce() throws Exception {
        assertThat(client.await(Http2Wire.HEADERS).stream()).isEqualTo(LIVE);
        // Given: two of five calls are cancelled with data waiting in them, hundreds of times
        for (int i = 1; i <= 400; i++) {
            int stream = 1 + 2 * i;
            if (i % 5 < 2) {
                int there = stuck(stream);
                client.await(Http2Wire.HEADERS);
                client.reset(stream, CANCEL);
                assertThat(server.await(Http2Wire.RST_STREAM).stream()).isEqualTo(there);
            } else {
                client.headers(stream, GrpcUnderTest.head(), true);
                int there = server.await(Http2Wire.HEADERS).stream();
                server.headers(there, GrpcUnderTest.answerHead().add("grpc-status", "0"), true);
                assertThat(client.await(Http2Wire.HEADERS).stream()).isEqualTo(stream);
            }
        }
        // Then: it goes on
        client.frame(Http2Wire.PING, 0, 0, new byte[8]);
        client.await(Http2Wire.PING);
    }

    @Test
    void whereMemoryIsExhaustedAllWhoAreStuckGiveWayAndOthersGoOn() throws Exception {
        // Given: readers that do not read, and a server that does not
        List<Integer> there = new ArrayList<>();
        for (int i = 0; i < STUCK; i++) {
            there.add(stuck(3 + 2 * i));
        }
        int sending = 3 + 2 * STUCK;
        client.headers(sending, GrpcUnderTest.head(), false);
        there.add(server.await(Http2Wire.HEADERS).stream());
        client.data(sending, GrpcUnderTest.message(1_000), false);

        // When
        door.pressure(Level.REFUSE);

        // Then
        List<Integer> ended = new ArrayList<>();
        List<Integer> endedThere = new ArrayList<>();
        for (int i = 0; i <= STUCK; i++) {
            Http2Wire.Frame reset = client.await(Http2Wire.RST_STREAM);
            assertThat(reset.code()).isEqualTo(ENHANCE_YOUR_CALM);
            ended.add(reset.stream());
            Http2Wire.Frame cancel = server.await(Http2Wire.RST_STREAM);
            assertThat(cancel.code()).isEqualTo(CANCEL);
            endedThere.add(cancel.stream());
        }
        assertThat(ended)
                .containsExactlyInAnyOrderElementsOf(IntStream.rangeClosed(1, STUCK + 1)
                        .mapToObj(i -> 1 + 2 * i)
                        .toList());
        assertThat(endedThere).containsExactlyInAnyOrderElementsOf(there);
        await().untilAsserted(() -> assertThat(door.logged()).contains("\"grpc_status\":8"));
        server.data(live, CRUMB, false);
        server.headers(live, GrpcUnderTest.trailers("0"), true);
        assertThat(client.await(Http2Wire.DATA).stream()).isEqualTo(LIVE);
        assertThat(client.await(Http2Wire.HEADERS).header("grpc-status")).isEqualTo("0");
    }

    @Test
    void whereMemoryIsShortTheOneThatIsStuckLongestGivesWayFirst() throws Exception {
        // Given
        List<Integer> inOrder = List.of(7, 3, 9, 5);
        for (int stream : List.of(3, 5, 7, 9)) {
            client.headers(stream, GrpcUnderTest.head(), true);
        }
        int first = beginAnswer();
        for (int i = 1; i < inOrder.size(); i++) {
            beginAnswer();
        }
        for (int stream : inOrder) {
            server.data(first + stream - 3, CRUMB, false);
            Thread.sleep(50);
        }
        // When
        door.pressure(Level.DRAIN);
        // Then
        for (int stream : inOrder) {
            assertThat(client.await(Http2Wire.RST_STREAM).stream()).isEqualTo(stream);
        }
    }
}
