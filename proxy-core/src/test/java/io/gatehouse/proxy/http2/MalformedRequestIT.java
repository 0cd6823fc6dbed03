// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.http2;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that are none (RFC 9113 sections 8.1.1 to 8.3): each costs its own stream, and nothing of it reaches a server. */
@Timeout(60)
class MalformedRequestIT {
    private static final int PROTOCOL_ERROR = 1;
    private static final List<String> HEAD = List.of(
            ":method=POST",
            ":scheme=http",
            ":path=/test.Service/Method",
            ":authority=door:15002",
            "content-type=application/grpc",
            "te=trailers");

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

    @ParameterizedTest
    @ValueSource(
            strings = {
                "X-Upper=1",
                "with space=1",
                "colon:inside=1",
                "=without a name",
                "nul=a\0b",
                "line-feed=a\nb",
                "carriage-return=a\rb",
                "connection=close",
                "keep-alive=timeout=5",
                "proxy-connection=close",
                "transfer-encoding=chunked",
                "upgrade=h2c",
                "te=gzip",
                ":path=/behind.the/Rest",
                ":status=200",
                ":unknown=1",
                "host=elsewhere:15002",
                "content-length=1",
                "content-length=-0",
                "content-length=+0",
                "content-length=0, 1",
            })
    void aFieldThatMustNotBeThereEndsTheStream(String field) throws IOException {
        List<String> head = new ArrayList<>(HEAD);
        head.add(field);
        assertMalformed(head);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                ":method=POST",
                ":path=/another.one/Method",
                ":scheme=https",
                ":authority=door:15002",
            })
    void aPseudoFieldThatComesTwiceEndsTheStream(String field) throws IOException {
        List<String> head = new ArrayList<>(HEAD);
        head.addFirst(field);
        assertMalformed(head);
    }

    @ParameterizedTest
    @ValueSource(strings = {":method=POST", ":scheme=http", ":path=/test.Service/Method"})
    void aPseudoFieldThatIsMissingEndsTheStream(String field) throws IOException {
        List<String> head = new ArrayList<>(HEAD);
        head.remove(field);
        assertMalformed(head);
    }

    @Test
    void twoHostsEndTheStreamAlthoughOneIsTheAuthority() throws IOException {
        List<String> head = new ArrayList<>(HEAD);
        head.addAll(List.of("host=door:15002", "host=elsewhere"));
        assertMalformed(head);
    }

    @ParameterizedTest
    @ValueSource(strings = {":authority=user@door:15002", ":authority=elsewhere@door"})
    void aUserInTheAuthorityEndsTheStream(String authority) throws IOException {
        List<String> head = new ArrayList<>(HEAD);
        head.set(3, authority);
        assertMalformed(head);
    }

    private void assertMalformed(List<String> head) throws IOException {
        try (Http2Wire client = Http2Wire.client(door.port())) {
            // When
            client.block(1, true, head);
            // Then
            Http2Wire.Frame reset = client.await(Http2Wire.RST_STREAM);
            assertThat(reset.stream()).isEqualTo(1);
            assertThat(reset.code()).isEqualTo(PROTOCOL_ERROR);
            assertGoesOn(client);
        }
        bystander.call();
    }

    /** The next call on the same connection goes well, and is the next that the server sees. */
    private void assertGoesOn(Http2Wire client) throws IOException {
        List<String> head = new ArrayList<>(HEAD);
        head.add("x-next=1");
        client.block(3, true, head);
        Http2Wire.Frame there = bystander.server().await(Http2Wire.HEADERS);
        assertThat(there.header("x-next")).isEqualTo("1");
        bystander.server().headers(there.stream(), GrpcUnderTest.answerHead().add("grpc-status", "0"), true);
        Http2Wire.Frame answer = client.await(Http2Wire.HEADERS);
        assertThat(answer.stream()).isEqualTo(3);
        assertThat(answer.header("grpc-status")).isEqualTo("0");
    }

    @Test
    void oneHostThatIsTheAuthorityIsNoFault() throws IOException {
        List<String> head = new ArrayList<>(HEAD);
        head.addAll(List.of("host=DOOR:15002", "content-length=0"));
        try (Http2Wire client = Http2Wire.client(door.port())) {
            client.block(1, true, head);
            Http2Wire.Frame there = bystander.server().await(Http2Wire.HEADERS);
            assertThat(there.header("host")).isEqualTo("null");
            assertThat(there.header("content-length")).isEqualTo("null");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 6})
    void aBodyOfAnotherLengthEndsTheStreamOnBothSides(int length) throws IOException {
        List<String> head = new ArrayList<>(HEAD);
        head.add("content-length=" + length);
        try (Http2Wire client = Http2Wire.client(door.port())) {
            client.block(1, false, head);
            int stream = bystander.server().await(Http2Wire.HEADERS).stream();
            client.data(1, new byte[5], true);
            assertThat(client.await(Http2Wire.RST_STREAM).code()).isEqualTo(PROTOCOL_ERROR);
            assertThat(bystander.server().await(Http2Wire.RST_STREAM).stream()).isEqualTo(stream);
            assertGoesOn(client);
        }
        assertThat(door.heard).contains("cancelled");
    }

    @Test
    void trailersOfARequestEndItAndMustNotLookLikeAHead() throws IOException {
        try (Http2Wire client = Http2Wire.client(door.port())) {
            client.block(1, false, HEAD);
            int stream = bystander.server().await(Http2Wire.HEADERS).stream();
            client.block(1, true, List.of(":path=/behind.the/Body"));
            assertThat(client.await(Http2Wire.RST_STREAM).code()).isEqualTo(PROTOCOL_ERROR);
            assertThat(bystander.server().await(Http2Wire.RST_STREAM).stream()).isEqualTo(stream);
            assertGoesOn(client);
        }
    }
}
