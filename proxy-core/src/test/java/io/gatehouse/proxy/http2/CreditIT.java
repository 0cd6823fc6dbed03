// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.http2;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.SocketTimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What was taken is credit again, to the byte, and not before somebody took it. */
@Timeout(60)
class CreditIT {
    private static final int INITIAL_WINDOW = 4;
    private static final int PADDED = 8;
    private static final int PIECE = 16 << 10;
    private static final int MUCH = 1 << 30;

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
    void aServerGetsCreditForAllThatItsReaderTakesAndForNothingBefore() throws IOException {
        // Given: a reader without room
        try (Http2Wire client = Http2Wire.client(door.port(), INITIAL_WINDOW, 0)) {
            client.window(0, MUCH);
            client.headers(1, GrpcUnderTest.head(), true);
            try (Http2Wire server = door.accept()) {
                int stream = server.await(Http2Wire.HEADERS).stream();
                server.headers(stream, GrpcUnderTest.answerHead(), false);
                // When: a whole window of data
                fill(server, stream);
                // Then
                assertNoCredit(server, stream);
                client.window(1, MUCH);
                assertWindowOfCredit(server, stream);
            }
        }
    }

    @Test
    void aClientGetsCreditForAllThatItsServerTakesAndForNothingBefore() throws IOException {
        try (Http2Wire client = Http2Wire.client(door.port())) {
            client.headers(1, GrpcUnderTest.head(), false);
            // Given: a server without room
            try (Http2Wire server = door.accept(INITIAL_WINDOW, 0)) {
                int stream = server.await(Http2Wire.HEADERS).stream();
                // When: a whole window of data
                fill(client, 1);
                // Then
                assertNoCredit(client, 1);
                server.window(0, MUCH);
                server.window(stream, MUCH);
                assertWindowOfCredit(client, 1);
            }
        }
    }

    @Test
    void paddingIsCreditAgainThoughNobodyTakesIt() throws IOException {
        // Given: both sides take all that comes
        try (Http2Wire client = Http2Wire.client(door.port(), INITIAL_WINDOW, MUCH)) {
            client.window(0, MUCH);
            client.headers(1, GrpcUnderTest.head(), false);
            try (Http2Wire server = door.accept(INITIAL_WINDOW, MUCH)) {
                server.window(0, MUCH);
                int stream = server.await(Http2Wire.HEADERS).stream();
                server.headers(stream, GrpcUnderTest.answerHead(), false);
                assertThat(creditForPadding(client, 1)).isGreaterThan(Windows.STREAM);
                assertThat(creditForPadding(server, stream)).isGreaterThan(Windows.STREAM);
            }
        }
    }

    /** Sends three windows, mostly of padding, as the credit allows; returns the credit. */
    private static int creditForPadding(Http2Wire sender, int stream) throws IOException {
        byte[] padded = new byte[400];
        padded[0] = (byte) 255;
        int credit = Windows.STREAM;
        int given = 0;
        for (int sent = 0; sent < 3 * Windows.STREAM; sent += padded.length) {
            while (credit < padded.length) {
                int more = credit(sender, stream);
                credit += more;
                given += more;
            }
            sender.frame(Http2Wire.DATA, PADDED, stream, padded);
            credit -= padded.length;
        }
        return given;
    }

    /** Sends a whole window of data, and sees that the door has read all of it. */
    private static void fill(Http2Wire sender, int stream) throws IOException {
        for (int sent = 0; sent < Windows.STREAM; sent += PIECE) {
            sender.data(stream, new byte[PIECE], false);
        }
        // What comes back behind all of it says that the door has read it.
        sender.frame(Http2Wire.PING, 0, 0, new byte[8]);
        Http2Wire.Frame answer = sender.read();
        while (answer != null && answer.type() != Http2Wire.PING) {
            assertThat(answer.type() == Http2Wire.WINDOW_UPDATE && answer.stream() == stream)
                    .as("credit too early")
                    .isFalse();
            answer = sender.read();
        }
    }

    /** The next credit of a stream. */
    private static int credit(Http2Wire sender, int stream) throws IOException {
        Http2Wire.Frame update = sender.await(Http2Wire.WINDOW_UPDATE);
        while (update.stream() != stream) {
            update = sender.await(Http2Wire.WINDOW_UPDATE);
        }
        return (int) update.code();
    }

    /** It comes in parts where some of the data was still under way. */
    private static void assertWindowOfCredit(Http2Wire sender, int stream) throws IOException {
        int given = 0;
        while (given < Windows.STREAM) {
            given += credit(sender, stream);
        }
        assertThat(given).isEqualTo(Windows.STREAM);
    }

    private static void assertNoCredit(Http2Wire sender, int stream) throws IOException {
        sender.timeout(500);
        try {
            assertThat(credit(sender, stream)).as("credit too early").isZero();
        } catch (SocketTimeoutException none) {
            sender.timeout(20_000);
        }
    }
}
