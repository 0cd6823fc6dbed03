// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.http2;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;

/** A client with a connection of its own, who must notice nothing of what others do; it plays the server too, for all of them. */
final class Bystander implements AutoCloseable {
    private static final String PATH = "/test.Service/Bystander";

    private final Http2Wire client;
    private final Http2Wire server;
    private int next = 1;
    private int others;

    /** Makes a first call, so that there is a connection to the server. */
    Bystander(GrpcUnderTest door) throws IOException {
        client = Http2Wire.client(door.port());
        begin();
        server = door.accept();
        finish();
    }

    /** Makes a call, which must go well. */
    void call() throws IOException {
        begin();
        finish();
    }

    private void begin() throws IOException {
        client.headers(next, GrpcUnderTest.head().path(PATH), true);
    }

    private void finish() throws IOException {
        Http2Wire.Frame head = server.await(Http2Wire.HEADERS);
        while (!head.header(":path").equals(PATH)) {
            others++;
            head = server.await(Http2Wire.HEADERS);
        }
        server.headers(head.stream(), GrpcUnderTest.answerHead().add("grpc-status", "0"), true);
        Http2Wire.Frame answer = client.await(Http2Wire.HEADERS);
        assertThat(answer.stream()).isEqualTo(next);
        assertThat(answer.header("grpc-status")).isEqualTo("0");
        next += 2;
    }

    /** How many calls of others had reached the server before the last of these. */
    int others() {
        return others;
    }

    /** The server's end of the connection that all calls share. */
    Http2Wire server() {
        return server;
    }

    @Override
    public void close() throws IOException {
        client.close();
        server.close();
    }
}
