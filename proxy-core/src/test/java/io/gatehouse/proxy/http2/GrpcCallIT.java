// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.http2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.proxy.ErrorType;
import io.gatehouse.proxy.grpc.CallInspector;
import io.gatehouse.proxy.grpc.GrpcError;
import io.gatehouse.proxy.grpc.GrpcStatus;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class GrpcCallIT {
    private static final int MAX_CONCURRENT_STREAMS = 3;
    private static final int MAX_HEADER_LIST_SIZE = 6;

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
    void aCallGoesThereAndItsAnswerBack() throws IOException {
        try (Http2Wire client = Http2Wire.client(door.port())) {
            // When
            client.headers(
                    1,
                    GrpcUnderTest.head()
                            .add("x-theirs", "2")
                            .add("authorization", "Bearer secret")
                            .add("x-forwarded-user", "root")
                            .add("grpc-timeout", "10S"),
                    false);
            client.data(1, GrpcUnderTest.message(10), true);
            try (Http2Wire server = door.accept()) {
                // Then: the head is built anew
                Http2Wire.Frame head = server.await(Http2Wire.HEADERS);
                assertThat(head.header(":path")).isEqualTo("/test.Service/Method");
                assertThat(head.header(":authority")).isEqualTo("127.0.0.1:" + door.server.getLocalPort());
                assertThat(head.header("x-theirs")).isEqualTo("2");
                assertThat(head.header("x-ours")).isEqualTo("1");
                assertThat(head.header("grpc-timeout")).isEqualTo("10S");
                assertThat(head.header("te")).isEqualTo("trailers");
                assertThat(head.header("authorization")).isEqualTo("null");
                assertThat(head.header("x-forwarded-user")).isEqualTo("null");
                Http2Wire.Frame data = server.await(Http2Wire.DATA);
                assertThat(data.payload()).isEqualTo(GrpcUnderTest.message(10));
                assertThat(data.ends()).isTrue();
                // When: the answer has metadata, a message and trailers
                server.headers(head.stream(), GrpcUnderTest.answerHead().add("x-meta", "3"), false);
                server.data(head.stream(), GrpcUnderTest.message(7), false);
                server.headers(
                        head.stream(),
                        GrpcUnderTest.trailers("5")
                                .add("grpc-message", "not%20there")
                                .add("a-bin", "AAEC"),
                        true);
                // Then
                Http2Wire.Frame answer = client.await(Http2Wire.HEADERS);
                assertThat(answer.header(":status")).isEqualTo("200");
                assertThat(answer.header("x-meta")).isEqualTo("3");
                assertThat(client.await(Http2Wire.DATA).payload()).isEqualTo(GrpcUnderTest.message(7));
                Http2Wire.Frame end = client.await(Http2Wire.HEADERS);
                assertThat(end.ends()).isTrue();
                assertThat(end.header("grpc-status")).isEqualTo("5");
                assertThat(end.header("grpc-message")).isEqualTo("not%20there");
                assertThat(end.header("a-bin")).isEqualTo("AAEC");
            }
        }
        await().untilAsserted(() -> assertThat(door.heard).containsExactly("ended NOT_FOUND not there"));
        await().untilAsserted(() -> assertThat(door.logged())
                .contains("\"route\":\"test\"")
                .contains("\"grpc_status\":5")
                .contains("\"principal\":\"ann\"")
                .doesNotContain("secret"));
    }

    /** Text cut in the middle of a character costs PySpark the details, and so the kind of the exception. */
    @Test
    void aLongErrorOfTheServerPassesWhole() throws IOException {
        // Given: column names in Cyrillic, 8 KiB of them as they go over the wire
        String text = "Столбец_".repeat(191);
        String encoded = StatusTrailers.percentEncoded(text);
        assertThat(encoded.length()).isGreaterThan(8 << 10);
        byte[] status = new byte[4 << 10];
        for (int i = 0; i < status.length; i++) {
            status[i] = (byte) (i * 31);
        }
        String details = Base64.getEncoder().withoutPadding().encodeToString(status);
        assertErrorPasses(encoded, details);
        await().untilAsserted(() -> assertThat(door.heard).containsExactly("ended INTERNAL " + text));
    }

    @Test
    void allCallsOfALoopShareOneConnection() throws IOException {
        try (Http2Wire one = Http2Wire.client(door.port());
                Http2Wire two = Http2Wire.client(door.port())) {
            one.headers(1, GrpcUnderTest.head(), true);
            try (Http2Wire server = door.accept()) {
                int first = server.await(Http2Wire.HEADERS).stream();
                two.headers(1, GrpcUnderTest.head(), true);
                int second = server.await(Http2Wire.HEADERS).stream();
                assertThat(second).isGreaterThan(first);
                server.headers(second, GrpcUnderTest.answerHead().add("grpc-status", "0"), true);
                assertThat(two.await(Http2Wire.HEADERS).header("grpc-status")).isEqualTo("0");
            }
        }
    }

    @Test
    void aServerThatTakesNoMoreStreamsGetsAnotherConnection() throws IOException {
        try (Http2Wire client = Http2Wire.client(door.port())) {
            client.headers(1, GrpcUnderTest.head(), true);
            try (Http2Wire server = door.accept(MAX_CONCURRENT_STREAMS, 1)) {
                server.await(Http2Wire.HEADERS);
                client.headers(3, GrpcUnderTest.head(), true);
                try (Http2Wire further = door.accept()) {
                    int stream = further.await(Http2Wire.HEADERS).stream();
                    further.headers(stream, GrpcUnderTest.answerHead().add("grpc-status", "0"), true);
                    assertThat(client.await(Http2Wire.HEADERS).stream()).isEqualTo(3);
                }
            }
        }
    }

    @Test
    void aServerThatTakesLeaveGetsNoNewCalls() throws IOException {
        try (Http2Wire client = Http2Wire.client(door.port())) {
            client.headers(1, GrpcUnderTest.head(), true);
            try (Http2Wire server = door.accept()) {
                int stream = server.await(Http2Wire.HEADERS).stream();
                server.frame(Http2Wire.GOAWAY, 0, 0, new byte[] {0, 0, 0, (byte) stream, 0, 0, 0, 0});
                server.headers(stream, GrpcUnderTest.answerHead(), false);
                client.await(Http2Wire.HEADERS);
                // When
                client.headers(3, GrpcUnderTest.head(), true);
                // Then: the new one goes elsewhere, and the old one ends well
                try (Http2Wire further = door.accept()) {
                    further.await(Http2Wire.HEADERS);
                    server.headers(stream, GrpcUnderTest.trailers("0"), true);
                    Http2Wire.Frame end = client.await(Http2Wire.HEADERS);
                    assertThat(end.stream()).isEqualTo(1);
                    assertThat(end.header("grpc-status")).isEqualTo("0");
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"GET,application/grpc,405", "POST,application/json,415", "POST,application/grpcx,415"})
    void whatIsNoCallGetsAnAnswerOfHttp(String method, String type, String status) throws IOException {
        try (Http2Wire client = Http2Wire.client(door.port())) {
            Http2Headers head = GrpcUnderTest.head().method(method);
            head.set("content-type", type);
            client.headers(1, head, true);
            assertThat(client.await(Http2Wire.HEADERS).header(":status")).isEqualTo(status);
            assertThat(new String(client.await(Http2Wire.DATA).payload(), StandardCharsets.UTF_8))
                    .contains("sc:// URL");
        }
    }

    @Test
    void theAnswerSaysWhatIsTakenHereAndWhatTheErrorWas() throws IOException {
        try (Http2Wire client = Http2Wire.client(door.port())) {
            client.headers(1, GrpcUnderTest.head().method("GET"), true);
            Http2Wire.Frame method = client.await(Http2Wire.HEADERS);
            assertThat(method.header("allow")).isEqualTo("POST");
            assertThat(method.header("proxy-status")).isEqualTo("gatehouse; error=http_request_denied");
            client.headers(3, GrpcUnderTest.head().set("content-type", "text/html"), true);
            Http2Wire.Frame type = client.await(Http2Wire.HEADERS);
            assertThat(type.header("allow")).isEqualTo("null");
            assertThat(type.header("proxy-status")).isEqualTo("gatehouse; error=http_request_denied");
        }
    }

    @Test
    void anAnswerToHeadHasNoContent() throws IOException {
        try (Http2Wire client = Http2Wire.client(door.port())) {
            client.headers(1, GrpcUnderTest.head().method("HEAD"), true);
            Http2Wire.Frame answer = client.await(Http2Wire.HEADERS);
            assertThat(answer.header(":status")).isEqualTo("405");
            assertThat(answer.ends()).isTrue();
        }
    }

    @ParameterizedTest
    @CsvSource({"GET / HTTP/1.1", "POST / HTTP/1.1", "PUT / HTTP/1.1", "OPTIONS * HTTP/1.1"})
    void whoSpeaksHttp1IsToldSo(String line) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), door.port())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write((line + "\r\nHost: door\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            InputStream in = socket.getInputStream();
            String answer = new String(in.readAllBytes(), StandardCharsets.US_ASCII);
            assertThat(answer)
                    .startsWith("HTTP/1.1 415 ")
                    .contains("\r\nProxy-Status: gatehouse; error=http_request_denied\r\n")
                    .endsWith("Spark Connect client.\n");
        }
    }

    @Test
    void aRefusalIsTrailersAloneWithDetails() throws IOException {
        GrpcError error = GrpcError.of(
                        GrpcStatus.RESOURCE_EXHAUSTED, ErrorType.CONNECTION_LIMIT_REACHED, "zu viele: ü%")
                .retryAfter(Duration.ofSeconds(3));
        door.inspectors = _ -> GrpcUnderTest.deciding(new CallInspector.Decision.Refuse("m", "ann", error));
        try (Http2Wire client = Http2Wire.client(door.port())) {
            client.headers(1, GrpcUnderTest.head(), false);
            Http2Wire.Frame answer = client.await(Http2Wire.HEADERS);
            assertThat(answer.ends()).isTrue();
            assertThat(answer.header(":status")).isEqualTo("200");
            assertThat(answer.header("grpc-status")).isEqualTo("8");
            assertThat(answer.header("grpc-message")).isEqualTo("zu viele: %C3%BC%25");
            assertThat(answer.header("grpc-status-details-bin")).isNotEqualTo("null");
            // The rest of the request is not wanted.
            assertThat(client.await(Http2Wire.RST_STREAM).code()).isZero();
        }
    }

    @Test
    void anAnswerOfOurOwnIsOneMessage() throws IOException {
        byte[] ours = {1, 2, 3};
        door.inspectors = _ -> GrpcUnderTest.deciding(new CallInspector.Decision.Answer("m", "ann", ours));
        try (Http2Wire client = Http2Wire.client(door.port())) {
            client.headers(1, GrpcUnderTest.head(), true);
            client.await(Http2Wire.HEADERS);
            assertThat(client.await(Http2Wire.DATA).payload()).isEqualTo(new byte[] {0, 0, 0, 0, 3, 1, 2, 3});
            assertThat(client.await(Http2Wire.HEADERS).header("grpc-status")).isEqualTo("0");
        }
    }

    @Test
    void anAnswerOfOurOwnComesBeforeTheResetOfTheRest() throws IOException {
        door.inspectors = _ -> GrpcUnderTest.deciding(new CallInspector.Decision.Answer("m", "ann", new byte[] {1}));
        try (Http2Wire client = Http2Wire.client(door.port())) {
            client.headers(1, GrpcUnderTest.head(), false);
            client.data(1, GrpcUnderTest.message(10), false);
            client.await(Http2Wire.HEADERS);
            assertThat(client.read().type()).isEqualTo(Http2Wire.DATA);
            assertThat(client.read().header("grpc-status")).isEqualTo("0");
            assertThat(client.await(Http2Wire.RST_STREAM).code()).isZero();
        }
    }

    @Test
    void aServerThatAnswersBeforeTheRequestHasEndedIsLeft() throws IOException {
        try (Http2Wire client = Http2Wire.client(door.port())) {
            client.headers(1, GrpcUnderTest.head(), false);
            client.data(1, GrpcUnderTest.message(10), false);
            try (Http2Wire server = door.accept()) {
                int stream = server.await(Http2Wire.HEADERS).stream();
                server.headers(stream, GrpcUnderTest.answerHead().add("grpc-status", "3"), true);
                assertThat(client.await(Http2Wire.HEADERS).header("grpc-status"))
                        .isEqualTo("3");
                assertThat(server.await(Http2Wire.RST_STREAM).stream()).isEqualTo(stream);
            }
        }
    }

    @Test
    void aCallWithoutABodyIsLookedAtWithItsEnd() throws IOException {
        door.inspectors = _ -> new CallInspector() {
            @Override
            public Decision begin() {
                return Decision.MORE;
            }

            @Override
            public Decision inspect(ByteBuf bytes, boolean end) {
                return new Decision.Refuse(
                        "m",
                        "ann",
                        GrpcError.of(
                                GrpcStatus.INVALID_ARGUMENT,
                                ErrorType.HTTP_REQUEST_ERROR,
                                bytes.readableBytes() + " " + end));
            }
        };
        try (Http2Wire client = Http2Wire.client(door.port())) {
            client.headers(1, GrpcUnderTest.head(), true);
            Http2Wire.Frame answer = client.await(Http2Wire.HEADERS);
            assertThat(answer.header("grpc-status")).isEqualTo("3");
            assertThat(answer.header("grpc-message")).isEqualTo("0 true");
        }
    }

    @Test
    void metadataThatTheServerDoesNotTakeIsNotItsFailure() throws IOException {
        try (Http2Wire client = Http2Wire.client(door.port())) {
            client.headers(1, GrpcUnderTest.head(), true);
            try (Http2Wire server = door.accept(MAX_HEADER_LIST_SIZE, 1000)) {
                int stream = server.await(Http2Wire.HEADERS).stream();
                server.headers(stream, GrpcUnderTest.answerHead().add("grpc-status", "0"), true);
                client.await(Http2Wire.HEADERS);
                // When
                client.headers(3, GrpcUnderTest.head().add("x-large", "x".repeat(2000)), true);
                // Then
                assertThat(client.await(Http2Wire.HEADERS).header("grpc-status"))
                        .isEqualTo("8");
                client.headers(5, GrpcUnderTest.head(), true);
                server.await(Http2Wire.HEADERS);
            }
        }
        assertThat(door.heard).startsWith("ended OK ", "cancelled");
    }

    /** gRPC-java decodes it before it has a stream, and ends the connection of everybody where it cannot. */
    @ParameterizedTest
    @CsvSource({"x-bin,!", "grpc-timeout,soon"})
    void metadataThatNoServerCanReadReachesNone(String name, String value) throws IOException {
        try (Http2Wire client = Http2Wire.client(door.port())) {
            client.headers(1, GrpcUnderTest.head().add(name, value), false);
            client.data(1, GrpcUnderTest.message(10), true);

            Http2Wire.Frame refused = client.await(Http2Wire.HEADERS);
            assertThat(refused.header("grpc-status")).isEqualTo("3");
            assertThat(refused.header("grpc-message")).contains(name);

            client.headers(3, GrpcUnderTest.head(), true);
            try (Http2Wire server = door.accept()) {
                assertThat(server.await(Http2Wire.HEADERS).header(name)).isEqualTo("null");
            }
        }
    }

    @Test
    void aDefectOfTheRouterIsInternal() throws IOException {
        door.inspectors = _ -> {
            throw new IllegalStateException("a defect");
        };
        try (Http2Wire client = Http2Wire.client(door.port())) {
            client.headers(1, GrpcUnderTest.head(), true);
            assertThat(client.await(Http2Wire.HEADERS).header("grpc-status")).isEqualTo("13");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatComesWhileADecisionIsAwaitedIsLookedAtAndKept(boolean theEndToo) throws IOException {
        // Given: an inspector that wants all of the request, and first something else
        CompletableFuture<CallInspector.Decision> later = new CompletableFuture<>();
        StringBuilder seen = new StringBuilder();
        door.inspectors = _ -> new CallInspector() {
            @Override
            public Decision begin() {
                return new Decision.Deferred(later);
            }

            @Override
            public Decision inspect(ByteBuf bytes, boolean end) {
                seen.append(bytes.readableBytes()).append(end ? "!" : " ");
                return end ? new Decision.Forward(door.call()) : Decision.MORE;
            }
        };
        try (Http2Wire client = Http2Wire.client(door.port())) {
            client.headers(1, GrpcUnderTest.head(), false);
            client.data(1, GrpcUnderTest.message(20), false);
            client.data(1, new byte[3], false);
            if (theEndToo) {
                client.data(1, new byte[4], true);
            }
            client.frame(Http2Wire.PING, 0, 0, new byte[8]);
            client.await(Http2Wire.PING);
            // When
            later.complete(CallInspector.Decision.MORE);
            if (!theEndToo) {
                client.data(1, new byte[4], true);
            }
            // Then
            try (Http2Wire server = door.accept()) {
                server.await(Http2Wire.HEADERS);
                int bytes = 0;
                Http2Wire.Frame data;
                do {
                    data = server.await(Http2Wire.DATA);
                    bytes += data.payload().length;
                } while (!data.ends());
                assertThat(bytes).isEqualTo(32);
                assertThat(seen.toString()).isEqualTo("25 3 4!");
            }
        }
    }

    @Test
    void aClientThatGoesEndsItsStreamAtTheServer() throws IOException {
        try (Http2Wire client = Http2Wire.client(door.port())) {
            client.headers(1, GrpcUnderTest.head(), false);
            try (Http2Wire server = door.accept()) {
                int stream = server.await(Http2Wire.HEADERS).stream();
                client.reset(1, 8);
                Http2Wire.Frame reset = server.await(Http2Wire.RST_STREAM);
                assertThat(reset.stream()).isEqualTo(stream);
                assertThat(reset.code()).isEqualTo(8);
            }
        }
        await().untilAsserted(() -> assertThat(door.heard).containsExactly("cancelled"));
    }

    @Test
    void aServerThatGoesIsTold() throws IOException {
        try (Http2Wire client = Http2Wire.client(door.port())) {
            client.headers(1, GrpcUnderTest.head(), true);
            try (Http2Wire server = door.accept()) {
                int stream = server.await(Http2Wire.HEADERS).stream();
                server.headers(stream, GrpcUnderTest.answerHead(), false);
                client.await(Http2Wire.HEADERS);
            }
            Http2Wire.Frame end = client.await(Http2Wire.HEADERS);
            assertThat(end.header("grpc-status")).isEqualTo("14");
            assertThat(end.ends()).isTrue();
        }
        assertThat(door.heard).containsExactly("failed CONNECTION_TERMINATED true");
    }

    /** As a client of the server itself would see it: grpc/doc/PROTOCOL-HTTP2.md, "Errors". */
    @ParameterizedTest
    @CsvSource({
        "0,INTERNAL",
        "1,INTERNAL",
        "2,INTERNAL",
        "8,CANCELLED",
        "11,RESOURCE_EXHAUSTED",
        "12,PERMISSION_DENIED",
        "99,INTERNAL"
    })
    void aCallThatItsServerResetsEndsAsGrpcHasItAndTheServerIsWell(int code, GrpcStatus status) throws IOException {
        try (Http2Wire client = Http2Wire.client(door.port())) {
            client.headers(1, GrpcUnderTest.head(), true);
            client.headers(3, GrpcUnderTest.head(), true);
            try (Http2Wire server = door.accept()) {
                int alone = server.await(Http2Wire.HEADERS).stream();
                int begun = server.await(Http2Wire.HEADERS).stream();
                // When: one before its answer has begun, and one after
                server.reset(alone, code);
                Http2Wire.Frame end = client.await(Http2Wire.HEADERS);
                assertThat(end.header("grpc-status")).isEqualTo(Integer.toString(status.code()));
                assertThat(end.ends()).isTrue();
                server.headers(begun, GrpcUnderTest.answerHead(), false);
                client.await(Http2Wire.HEADERS);
                server.reset(begun, code);
                end = client.await(Http2Wire.HEADERS);
                assertThat(end.stream()).isEqualTo(3);
                assertThat(end.header("grpc-status")).isEqualTo(Integer.toString(status.code()));
                // Then: the connection takes more
                client.headers(5, GrpcUnderTest.head(), true);
                server.await(Http2Wire.HEADERS);
            }
        }
        assertThat(door.heard)
                .startsWith(
                        "reset HTTP_RESPONSE_INCOMPLETE " + status + " false",
                        "reset HTTP_RESPONSE_INCOMPLETE " + status + " true");
        await().untilAsserted(() -> assertThat(door.logged()).contains("\"error\":\"http_response_incomplete\""));
    }

    /** What Spark says of a long query in Chinese is nine bytes a character, and once more in the details. */
    @Test
    void anErrorThatQuotesALongQueryComesThroughWhole() throws IOException {
        String message = "%E4%B8%80".repeat(3_000);
        String details = "5LiA".repeat(3_250);
        assertErrorPasses(message, details);
    }

    /** Of a call whose answer has begun, and ends with that error of the server. */
    private void assertErrorPasses(String message, String details) throws IOException {
        try (Http2Wire client = Http2Wire.client(door.port())) {
            client.headers(1, GrpcUnderTest.head(), true);
            try (Http2Wire server = door.accept()) {
                int stream = server.await(Http2Wire.HEADERS).stream();
                server.headers(stream, GrpcUnderTest.answerHead(), false);
                server.headers(
                        stream,
                        GrpcUnderTest.trailers("13")
                                .add("grpc-message", message)
                                .add("grpc-status-details-bin", details),
                        true);
                client.await(Http2Wire.HEADERS);
                Http2Wire.Frame end = client.await(Http2Wire.HEADERS);
                assertThat(end.header("grpc-status")).isEqualTo("13");
                assertThat(end.header("grpc-message")).isEqualTo(message);
                assertThat(end.header("grpc-status-details-bin")).isEqualTo(details);
            }
        }
    }

    @Test
    void oneThatIsStillTooLongEndsItsCallAlone() throws IOException {
        try (Http2Wire client = Http2Wire.client(door.port())) {
            client.headers(1, GrpcUnderTest.head(), true);
            client.headers(3, GrpcUnderTest.head(), true);
            try (Http2Wire server = door.accept()) {
                int large = server.await(Http2Wire.HEADERS).stream();
                int other = server.await(Http2Wire.HEADERS).stream();
                server.headers(large, GrpcUnderTest.answerHead().add("grpc-message", "x".repeat(70_000)), true);
                assertThat(client.await(Http2Wire.HEADERS).header("grpc-status"))
                        .isEqualTo("13");
                server.headers(other, GrpcUnderTest.answerHead().add("grpc-status", "0"), true);
                assertThat(client.await(Http2Wire.HEADERS).header("grpc-status"))
                        .isEqualTo("0");
            }
        }
        assertThat(door.heard).containsExactly("reset HTTP_RESPONSE_HEADER_SECTION_SIZE INTERNAL false", "ended OK ");
    }

    @Test
    void aServerThatRefusesAStreamIsToldApart() throws IOException {
        try (Http2Wire client = Http2Wire.client(door.port())) {
            client.headers(1, GrpcUnderTest.head(), true);
            try (Http2Wire server = door.accept()) {
                server.reset(server.await(Http2Wire.HEADERS).stream(), 7);
                assertThat(client.await(Http2Wire.HEADERS).header("grpc-status"))
                        .isEqualTo("14");
            }
        }
        assertThat(door.heard).containsExactly("reset DESTINATION_UNAVAILABLE UNAVAILABLE false");
    }

    @Test
    void aServerThatIsNotThereIsTold() throws IOException {
        door.server.close();
        try (Http2Wire client = Http2Wire.client(door.port())) {
            client.headers(1, GrpcUnderTest.head(), true);
            assertThat(client.await(Http2Wire.HEADERS).header("grpc-status")).isEqualTo("14");
        }
        assertThat(door.heard).containsExactly("failed CONNECTION_REFUSED false");
    }

    @Test
    void anAnswerThatEndsWithoutTrailersIsNotMadeToLookWhole() throws IOException {
        try (Http2Wire client = Http2Wire.client(door.port())) {
            client.headers(1, GrpcUnderTest.head(), true);
            try (Http2Wire server = door.accept()) {
                int stream = server.await(Http2Wire.HEADERS).stream();
                server.headers(stream, GrpcUnderTest.answerHead(), false);
                server.data(stream, GrpcUnderTest.message(5), true);
                client.await(Http2Wire.HEADERS);
                assertThat(client.await(Http2Wire.HEADERS).header("grpc-status"))
                        .isEqualTo("14");
            }
        }
        assertThat(door.heard).containsExactly("failed HTTP_RESPONSE_INCOMPLETE true");
    }

    @Test
    void aCallThatComesBackToUsIsRefused() throws IOException {
        try (Http2Wire client = Http2Wire.client(door.port())) {
            client.headers(1, GrpcUnderTest.head(), true);
            try (Http2Wire server = door.accept()) {
                String via = server.await(Http2Wire.HEADERS).header("via");
                client.headers(3, GrpcUnderTest.head().add("via", via), true);
                assertThat(client.await(Http2Wire.HEADERS).header(":status")).isEqualTo("502");
            }
        }
    }
}
