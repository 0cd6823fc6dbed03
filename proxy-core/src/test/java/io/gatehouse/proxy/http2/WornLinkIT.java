// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.http2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Connections to servers whose numbers of streams come to their end; after four calls here. */
@Timeout(60)
class WornLinkIT {
    private static final int CALLS = 4;
    /** A client's streams have odd numbers, and 1 is that of an upgrade. */
    private static final int LAST = 1 + 2 * CALLS;

    private GrpcUnderTest door;

    @BeforeEach
    void open() throws Exception {
        LinkLimits usual = LinkLimits.DEFAULT;
        door = new GrpcUnderTest(new LinkLimits(usual.silence(), usual.answer(), usual.idle(), LAST));
    }

    @AfterEach
    void close() throws Exception {
        door.close();
    }

    @Test
    void noCallIsLostWhenOneTakesThePlaceOfAnother() throws IOException {
        try (Http2Wire client = Http2Wire.client(door.port())) {
            // Given: calls that all run at once
            for (int i = 0; i < 2 * CALLS + 1; i++) {
                client.headers(1 + 2 * i, GrpcUnderTest.head(), true);
            }
            try (Http2Wire first = door.accept();
                    Http2Wire second = door.accept();
                    Http2Wire third = door.accept()) {
                List<Integer> onFirst = begun(first, CALLS);
                List<Integer> onSecond = begun(second, CALLS);
                List<Integer> onThird = begun(third, 1);
                assertThat(onFirst).endsWith(LAST);
                // When: several beats
                first.timeout(300);
                assertThatThrownBy(() -> first.await(Http2Wire.GOAWAY))
                        .as("it stays for its calls")
                        .isInstanceOf(SocketTimeoutException.class);
                first.timeout(20_000);
                // Then: all end well
                Set<Integer> ended = new TreeSet<>();
                ended.addAll(end(first, onFirst, client));
                ended.addAll(end(second, onSecond, client));
                ended.addAll(end(third, onThird, client));
                assertThat(ended).hasSize(2 * CALLS + 1);
                // And those that are used up are closed, the other one is not
                assertThat(first.await(Http2Wire.GOAWAY).code()).isZero();
                assertThat(first.read()).isNull();
                assertThat(second.await(Http2Wire.GOAWAY).code()).isZero();
                client.headers(101, GrpcUnderTest.head(), true);
                assertThat(third.await(Http2Wire.HEADERS).stream()).isEqualTo(5);
            }
        }
    }

    @Test
    void oneAfterTheOtherGetThrough() throws IOException {
        try (Http2Wire client = Http2Wire.client(door.port())) {
            int call = -1;
            for (int connection = 0; connection < 3; connection++) {
                call += 2;
                client.headers(call, GrpcUnderTest.head(), true);
                try (Http2Wire server = door.accept()) {
                    for (int i = 0; i < CALLS; i++) {
                        if (i > 0) {
                            call += 2;
                            client.headers(call, GrpcUnderTest.head(), true);
                        }
                        assertThat(end(server, begun(server, 1), client)).containsExactly(call);
                    }
                    server.await(Http2Wire.GOAWAY);
                }
            }
        }
        assertThat(door.heard).hasSize(3 * CALLS).containsOnly("ended OK ");
    }

    private static List<Integer> begun(Http2Wire server, int calls) throws IOException {
        List<Integer> streams = new ArrayList<>();
        for (int i = 0; i < calls; i++) {
            streams.add(server.await(Http2Wire.HEADERS).stream());
        }
        return streams;
    }

    /** The client's streams that end by that. */
    private static List<Integer> end(Http2Wire server, List<Integer> streams, Http2Wire client) throws IOException {
        List<Integer> ended = new ArrayList<>();
        for (int stream : streams) {
            server.headers(stream, GrpcUnderTest.answerHead().add("grpc-status", "0"), true);
            Http2Wire.Frame end = client.await(Http2Wire.HEADERS);
            assertThat(end.header("grpc-status")).isEqualTo("0");
            ended.add(end.stream());
        }
        return ended;
    }
}
