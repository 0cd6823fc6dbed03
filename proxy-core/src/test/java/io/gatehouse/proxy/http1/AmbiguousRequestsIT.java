// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.http1;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.proxy.testkit.ProxyUnderTest;
import io.gatehouse.proxy.testkit.RawClient;
import io.gatehouse.proxy.testkit.ScriptedUpstream;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The rows of the tables that must be refused, over real sockets: whatever the codec says about them, no whole request
 * reaches the upstream, and the client gets one error and the end of its connection.
 */
class AmbiguousRequestsIT {
    /** What a second reader might find in the bytes behind a request. */
    private static final String SMUGGLED = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n";

    private static final List<String> WHOLE_REQUESTS = new CopyOnWriteArrayList<>();
    private static ScriptedUpstream upstream;
    private static ProxyUnderTest proxy;

    @BeforeAll
    static void start() throws Exception {
        upstream = new ScriptedUpstream(c -> {
            while (true) {
                String head = c.head();
                c.body(head);
                WHOLE_REQUESTS.add(head);
                c.ok(head.lines().findFirst().orElseThrow());
            }
        });
        proxy = ProxyUnderTest.quick(ProxyUnderTest.allTo(upstream.port()));
    }

    @AfterAll
    static void stop() throws Exception {
        proxy.close();
        upstream.close();
    }

    static Stream<WireCase> refused() {
        return Stream.concat(RequestHeadCases.all(), ChunkedCases.requests()).filter(row -> row.refusal() != null);
    }

    @ParameterizedTest
    @MethodSource("refused")
    void itReachesNobodyAndIsTheLastOfItsConnection(WireCase row) throws Exception {
        // Given
        WHOLE_REQUESTS.clear();

        // When
        String answer;
        try (RawClient client = proxy.client()) {
            answer = client.send(row.wire() + SMUGGLED).everything();
        }

        // Then
        assertThat(answer)
                .startsWith("HTTP/1.1 " + row.refusal().status())
                .containsOnlyOnce("HTTP/1.1 ")
                .contains("Connection: close\r\n");
        assertThat(WHOLE_REQUESTS).isEmpty();
        try (RawClient next = proxy.client()) {
            assertThat(next.get("/next").response().text()).isEqualTo("GET /next HTTP/1.1");
        }
    }
}
