// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.proxy.BodyFilter;
import io.gatehouse.proxy.ClientInfo;
import io.gatehouse.proxy.ForwardTarget;
import io.gatehouse.proxy.ResponseFilter;
import io.gatehouse.proxy.RouteDecision;
import io.gatehouse.proxy.http1.RequestHead;
import io.gatehouse.proxy.http1.ResponseHead;
import io.gatehouse.proxy.testkit.ProxyUnderTest;
import io.gatehouse.proxy.testkit.RawClient;
import io.gatehouse.proxy.testkit.Response;
import io.gatehouse.proxy.testkit.ScriptedUpstream;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Bodies that are edited on their way: whatever an edit does to the length, the framing tells the truth. */
class BodyFilterIT {
    private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n";
    private static final String PAGE = "HTTP/1.1 200 OK\r\nETag: \"e\"\r\nContent-Length: 5\r\n\r\nhello";

    /** Edits; each keeps a buffer of its own until it is closed, so that a forgotten close is a leak. */
    enum Edit {
        DOUBLE {
            @Override
            void edit(ByteBuf in, Consumer<ByteBuf> out) {
                out.accept(in.retainedSlice());
                out.accept(in.retainedSlice());
            }
        },
        DROP {
            @Override
            void edit(ByteBuf in, Consumer<ByteBuf> out) {
                // nothing is left
            }
        },
        EMPTY {
            @Override
            void edit(ByteBuf in, Consumer<ByteBuf> out) {
                out.accept(in.retainedSlice(0, 0));
            }
        },
        BYTES {
            @Override
            void edit(ByteBuf in, Consumer<ByteBuf> out) {
                while (in.isReadable()) {
                    out.accept(in.readRetainedSlice(1));
                }
            }
        },
        APPEND {
            @Override
            void edit(ByteBuf in, Consumer<ByteBuf> out) {
                out.accept(in.retainedSlice());
            }

            @Override
            String end() {
                return "END";
            }
        };

        abstract void edit(ByteBuf in, Consumer<ByteBuf> out);

        String end() {
            return "";
        }

        String of(String body) {
            return switch (this) {
                case DOUBLE -> body + body;
                case DROP, EMPTY -> "";
                case BYTES -> body;
                case APPEND -> body + "END";
            };
        }
    }

    private static final class Counting implements ResponseFilter {
        final AtomicInteger opened = new AtomicInteger();
        final AtomicInteger closed = new AtomicInteger();
        private final Edit edit;

        Counting(Edit edit) {
            this.edit = edit;
        }

        @Override
        public BodyFilter onResponse(ResponseHead response, RequestHead request, ClientInfo client) {
            if (response.value("x-no-filter") != null) {
                return null;
            }
            opened.incrementAndGet();
            ByteBuf held = PooledByteBufAllocator.DEFAULT.directBuffer(16);
            return new BodyFilter() {
                @Override
                public void filter(ByteBuf in, Consumer<ByteBuf> out) {
                    try {
                        edit.edit(in, out);
                    } finally {
                        in.release();
                    }
                }

                @Override
                public void finish(Consumer<ByteBuf> out) {
                    if (!edit.end().isEmpty()) {
                        out.accept(held.alloc().buffer().writeBytes(edit.end().getBytes(StandardCharsets.US_ASCII)));
                    }
                }

                @Override
                public void close() {
                    closed.incrementAndGet();
                    held.release();
                }
            };
        }
    }

    private static ProxyUnderTest proxy(int port, ResponseFilter filter) throws Exception {
        ForwardTarget target = ProxyUnderTest.target(port).withFilter(filter);
        return ProxyUnderTest.quick((head, _, principal) -> new RouteDecision.Forward(target, 0));
    }

    @ParameterizedTest
    @EnumSource(Edit.class)
    void everyEditIsFramedAnew(Edit edit) throws Exception {
        Counting filter = new Counting(edit);
        try (ScriptedUpstream upstream = ScriptedUpstream.answering(PAGE);
                ProxyUnderTest proxy = proxy(upstream.port(), filter)) {
            try (RawClient client = proxy.client()) {
                for (int i = 0; i < 3; i++) {
                    Response response = client.send(GET).response();
                    assertThat(response.text()).isEqualTo(edit.of("hello"));
                    assertThat(response.field("content-length")).isNull();
                    assertThat(response.field("etag")).as("another body").isNull();
                }
                client.send("GET / HTTP/1.0\r\n\r\n");
                assertThat(client.everything())
                        .doesNotContain("Content-Length", "chunked")
                        .endsWith("\r\n\r\n" + edit.of("hello"));
            }
            proxy.awaitQuiet();
            assertThat(filter.opened.get()).isEqualTo(4);
            assertThat(filter.closed.get()).isEqualTo(4);
        }
    }

    @Test
    void theUpstreamIsAskedForAnUnencodedBody() throws Exception {
        Counting filter = new Counting(Edit.BYTES);
        try (ScriptedUpstream upstream = new ScriptedUpstream(c -> c.ok(c.head()));
                ProxyUnderTest proxy = proxy(upstream.port(), filter);
                RawClient client = proxy.client()) {
            assertThat(client.send(GET).response().text()).doesNotContain("Accept-Encoding");
        }
    }

    @Test
    void aPartOfAnEditedBodyIsNotAskedForNorWhatIsSaidOfItPassedOn() throws Exception {
        Counting filter = new Counting(Edit.BYTES);
        try (ScriptedUpstream upstream = new ScriptedUpstream(c -> {
                    String head = c.head();
                    c.send(
                            "HTTP/1.1 200 OK\r\nAccept-Ranges: bytes\r\nContent-MD5: x\r\nDigest: x\r\nContent-Digest: x\r\n"
                                    + "Repr-Digest: x\r\nContent-Length: " + head.length() + "\r\n\r\n" + head);
                });
                ProxyUnderTest proxy = proxy(upstream.port(), filter);
                RawClient client = proxy.client()) {
            Response response = client.send("GET / HTTP/1.1\r\nHost: a\r\nRange: bytes=5-\r\nIf-Range: \"e\"\r\n\r\n")
                    .response();
            assertThat(response.text()).startsWith("GET /").doesNotContain("Range");
            assertThat(response.head()).doesNotContainIgnoringCase("ranges", "md5", "digest");
        }
    }

    @Test
    void whatComesBehindABodyIsNotSaidOfTheEditedOne() throws Exception {
        Counting filter = new Counting(Edit.DOUBLE);
        String page = "HTTP/1.1 200 OK\r\nTrailer: Repr-Digest\r\nTransfer-Encoding: chunked\r\n\r\n"
                + "5\r\nhello\r\n0\r\nRepr-Digest: x\r\nETag: y\r\n\r\n";
        try (ScriptedUpstream upstream = ScriptedUpstream.answering(page);
                ProxyUnderTest proxy = proxy(upstream.port(), filter);
                RawClient client = proxy.client()) {
            Response response = client.send(GET).response();
            assertThat(response.text()).isEqualTo("hellohello");
            assertThat(response.field("trailer")).isNull();
            assertThat(response.trailers()).isEmpty();
        }
    }

    @Test
    void aPartThatComesUnaskedPassesAsItIs() throws Exception {
        Counting filter = new Counting(Edit.DROP);
        String part = "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 0-4/9\r\nContent-Length: 5\r\n\r\nhello";
        try (ScriptedUpstream upstream = ScriptedUpstream.answering(part);
                ProxyUnderTest proxy = proxy(upstream.port(), filter);
                RawClient client = proxy.client()) {
            Response response = client.send(GET).response();
            assertThat(response.text()).isEqualTo("hello");
            assertThat(response.field("content-range")).isEqualTo("bytes 0-4/9");
        }
    }

    @Test
    void headDeclaresNoLengthThatTheBodyWillNotHave() throws Exception {
        Counting filter = new Counting(Edit.DOUBLE);
        try (ScriptedUpstream upstream = new ScriptedUpstream(c -> {
                    while (true) {
                        boolean head = c.head().startsWith("HEAD");
                        c.send(head ? PAGE.replace("hello", "") : PAGE);
                    }
                });
                ProxyUnderTest proxy = proxy(upstream.port(), filter)) {
            try (RawClient client = proxy.client()) {
                client.send(GET.replace("GET", "HEAD"));
                assertThat(client.headResponse().field("content-length")).isNull();
                assertThat(client.send(GET).response().text()).isEqualTo("hellohello");
            }
            proxy.awaitQuiet();
            assertThat(filter.closed.get()).isEqualTo(filter.opened.get());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"204 No Content", "304 Not Modified"})
    void whatNeverHasABodyIsNotFiltered(String status) throws Exception {
        Counting filter = new Counting(Edit.DOUBLE);
        try (ScriptedUpstream upstream = ScriptedUpstream.answering("HTTP/1.1 " + status + "\r\nETag: \"e\"\r\n\r\n");
                ProxyUnderTest proxy = proxy(upstream.port(), filter);
                RawClient client = proxy.client()) {
            assertThat(client.send(GET).response().field("etag")).isEqualTo("\"e\"");
            client.send(GET.replace("GET", "HEAD"));
            assertThat(client.headResponse().field("etag")).isEqualTo("\"e\"");
            assertThat(filter.opened.get()).isZero();
        }
    }

    @Test
    void whatTheFilterDoesNotWantPassesAsItIs() throws Exception {
        Counting filter = new Counting(Edit.DROP);
        try (ScriptedUpstream upstream = ScriptedUpstream.answering(PAGE.replace("ETag", "X-No-Filter: 1\r\nETag"));
                ProxyUnderTest proxy = proxy(upstream.port(), filter);
                RawClient client = proxy.client()) {
            Response response = client.send(GET).response();
            assertThat(response.text()).isEqualTo("hello");
            assertThat(response.field("content-length")).isEqualTo("5");
            assertThat(response.field("etag")).isEqualTo("\"e\"");
        }
    }

    @ParameterizedTest
    @CsvSource({"true", "false"})
    void aFilterIsClosedWhereTheResponseIsCut(boolean byClient) throws Exception {
        Counting filter = new Counting(Edit.APPEND);
        try (ScriptedUpstream upstream = new ScriptedUpstream(c -> {
                    c.head();
                    c.send(PAGE.replace("Content-Length: 5", "Content-Length: 50"));
                    if (byClient) {
                        c.untilClosed();
                    }
                });
                ProxyUnderTest proxy = proxy(upstream.port(), filter)) {
            try (RawClient client = proxy.client()) {
                client.send(GET);
                if (byClient) {
                    client.head();
                } else {
                    assertThat(client.everything()).endsWith(RawClient.RESET).doesNotContain("END");
                }
            }
            proxy.awaitQuiet();
            assertThat(filter.opened.get()).isEqualTo(1);
            ProxyUnderTest.patiently()
                    .untilAsserted(() -> assertThat(filter.closed.get()).isEqualTo(1));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"filter", "finish", "onResponse"})
    void aFilterThatFailsIsACutOrA500AndCostsNobodyElse(String where) throws Exception {
        AtomicInteger closed = new AtomicInteger();
        ResponseFilter failing = (_, _, _) -> {
            if (where.equals("onResponse")) {
                throw new IllegalStateException("secret");
            }
            return new BodyFilter() {
                @Override
                public void filter(ByteBuf in, Consumer<ByteBuf> out) {
                    if (where.equals("filter")) {
                        in.release();
                        throw new IllegalStateException("secret");
                    }
                    out.accept(in);
                }

                @Override
                public void finish(Consumer<ByteBuf> out) {
                    throw new IllegalStateException("secret");
                }

                @Override
                public void close() {
                    closed.incrementAndGet();
                }
            };
        };
        try (ScriptedUpstream upstream = ScriptedUpstream.answering(PAGE);
                ProxyUnderTest proxy = proxy(upstream.port(), failing)) {
            for (String version : new String[] {"1.1", "1.0"}) {
                try (RawClient client = proxy.client()) {
                    String all = client.send("GET / HTTP/" + version + "\r\nHost: a\r\nConnection: close\r\n\r\n")
                            .everything();
                    assertThat(all).doesNotContain("secret", "\r\n0\r\n");
                    if (!all.startsWith("HTTP/1.1 500")) {
                        assertThat(all).endsWith(RawClient.RESET);
                    }
                }
            }
            proxy.awaitQuiet();
            assertThat(closed.get()).isEqualTo(where.equals("onResponse") ? 0 : 2);
            assertThat(proxy.log(2)).allMatch(line -> line.contains("\"error\":\"proxy_internal_error\""));
        }
    }

    @Test
    void aLargeBodyIsFilteredPieceByPiece() throws Exception {
        Counting filter = new Counting(Edit.DOUBLE);
        String megabyte = "x".repeat(1 << 20);
        try (ScriptedUpstream upstream = new ScriptedUpstream(c -> {
                    c.head();
                    c.send("HTTP/1.1 200 OK\r\nContent-Length: " + (16 << 20) + "\r\n\r\n");
                    for (int i = 0; i < 16; i++) {
                        c.send(megabyte);
                    }
                });
                ProxyUnderTest proxy = proxy(upstream.port(), filter);
                RawClient client = proxy.client()) {
            assertThat(client.send(GET).response().body()).hasSize(32 << 20);
        }
    }
}
