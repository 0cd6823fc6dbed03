// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.gatehouse.proxy.testkit.ProxyUnderTest;
import io.gatehouse.proxy.testkit.RawClient;
import io.gatehouse.proxy.testkit.ScriptedUpstream;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What operators see: log lines that any JSON parser takes, metrics that Prometheus takes. */
class ObservabilityIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

    @Test
    void aLineSaysWhatHappened() throws Exception {
        try (ScriptedUpstream upstream = ScriptedUpstream.answering(OK);
                ProxyUnderTest proxy = new ProxyUnderTest(ProxyUnderTest.allTo(upstream.port()));
                RawClient client = proxy.client()) {
            client.send(
                    "POST /a%20b/c?token=secret HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nUser-Agent: test/1\r\n"
                            + "X-Request-Id: id-1\r\ntraceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\r\n\r\nabc");
            client.response();
            String text = proxy.log(1).get(0);
            JsonNode line = JSON.readTree(text);
            assertThat(line.get("time").asText()).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z");
            assertThat(line.get("listener").asText()).isEqualTo("test");
            assertThat(line.get("client").asText()).isEqualTo("127.0.0.1");
            assertThat(line.get("method").asText()).isEqualTo("POST");
            assertThat(line.get("path").asText()).isEqualTo("/a%20b/c");
            assertThat(line.get("route").asText()).isEqualTo("test");
            assertThat(line.get("status").asInt()).isEqualTo(200);
            assertThat(line.get("bytes_in").asInt()).isEqualTo(3);
            assertThat(line.get("bytes_out").asInt()).isEqualTo(5);
            assertThat(line.get("duration_ms").isNumber()).isTrue();
            assertThat(line.get("upstream_ms").asDouble()).isPositive();
            assertThat(line.get("attempts").asInt()).isEqualTo(1);
            assertThat(line.get("request_id").asText()).isEqualTo("id-1");
            assertThat(line.get("trace_id").asText()).isEqualTo("4bf92f3577b34da6a3ce929d0e0e4736");
            assertThat(line.get("user_agent").asText()).isEqualTo("test/1");
            assertThat(text).doesNotContain("secret");
        }
    }

    @Test
    void noByteOfAClientEscapesItsString() throws Exception {
        StringBuilder nasty = new StringBuilder();
        for (char c = 0x20; c < 0x100; c++) {
            if (c != 0x7f) {
                nasty.append(c);
            }
        }
        try (ScriptedUpstream upstream = ScriptedUpstream.answering(OK);
                ProxyUnderTest proxy = ProxyUnderTest.with(ProxyUnderTest.allTo(upstream.port()))
                        .loops(1)
                        .start()) {
            List<String> requests = new ArrayList<>();
            requests.add("GET /\"x\"<y>{z}|` HTTP/1.1\r\nHost: a\r\nUser-Agent: x" + nasty + "\t\"}\r\n\r\n");
            requests.add("GET / HTTP/1.1\r\nHost: a\r\nUser-Agent: " + "\u00ff".repeat(20_000) + "\r\n\r\n");
            requests.add("GET / HTTP/1.1\r\nHost: a\r\ntraceparent: \"\\\\\",\"a\":\"" + "\"".repeat(60) + "\r\n\r\n");
            requests.add("GET / HTTP/1.1\r\nHost: a\r\nX-Request-Id: \",\"status\":1,\"\r\n\r\n");
            requests.add("G\"T / HTTP/1.1\r\nHost: a\r\n\r\n");
            requests.add("!#$%&'*+-.^_`|~ / HTTP/1.1\r\nHost: a\r\n\r\n");
            requests.add("GET /\u0001 HTTP/1.1\r\nHost: a\r\n\r\n");
            requests.add("\u0016\u0003\u0001\u0002\u0000\u0001\r\n\r\n");
            requests.add("GET /\\\" HTTP/1.1\r\nHost: a\r\n\r\n");
            for (String request : requests) {
                try (RawClient client = proxy.client()) {
                    client.send(request);
                    client.response();
                }
            }
            for (String text : proxy.log(requests.size())) {
                assertThat(text.chars()).allMatch(c -> c >= 0x20 && c < 0x7f);
                JsonNode line = JSON.readTree(text);
                assertThat(line.get("status").asInt()).isGreaterThanOrEqualTo(200);
                assertThat(line.get("listener").asText()).isEqualTo("test");
            }
            assertThat(JSON.readTree(proxy.log().get(0)).get("user_agent").asText())
                    .isEqualTo("x" + nasty + "\t\"}");
            proxy.awaitQuiet();
        }
    }

    @Test
    void theLinesOfTheLastMomentAreWritten() throws Exception {
        ProxyUnderTest proxy;
        try (ScriptedUpstream upstream = ScriptedUpstream.answering(OK)) {
            proxy = new ProxyUnderTest(ProxyUnderTest.allTo(upstream.port()));
            try (proxy;
                    RawClient client = proxy.client()) {
                client.get("/last");
                client.response();
            }
        }
        assertThat(proxy.log()).hasSize(1);
    }

    @Test
    void prometheusTakesEveryMeter() throws Exception {
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        try (ScriptedUpstream upstream = ScriptedUpstream.answering(OK);
                ProxyUnderTest proxy = ProxyUnderTest.with((head, sender, principal) -> ProxyUnderTest.allTo(
                                        head.path().equals("/bad") ? 1 : upstream.port())
                                .route(head, sender, principal))
                        .registry(registry)
                        .start();
                RawClient client = proxy.client()) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc");
            assertThat(client.response().status()).isEqualTo(200);
            assertThat(client.get("/bad").response().status()).isEqualTo(502);
            proxy.log(2);
            String scrape = registry.scrape();
            assertThat(scrape)
                    .contains("gatehouse_downstream_connections{listener=\"test\"} 1")
                    .contains("gatehouse_downstream_connections_accepted_total{listener=\"test\"} 1")
                    .contains("gatehouse_downstream_connections_refused_total{listener=\"test\"} 0")
                    .contains("gatehouse_upstream_connections 1")
                    .contains("gatehouse_upstream_errors_total{reason=\"connection_refused\",route=\"test\"} 1")
                    .contains("gatehouse_upstream_retries_total{route=\"test\"} 0")
                    .contains("gatehouse_access_log_dropped_total 0")
                    .contains("gatehouse_reads_paused_seconds_total{listener=\"test\"} 0")
                    .contains("gatehouse_request_body_bytes_total{listener=\"test\",route=\"test\"} 3")
                    .contains(
                            "gatehouse_request_duration_seconds_bucket{listener=\"test\",route=\"test\",le=\"+Inf\"} 2");
            assertThat(scrape)
                    .containsPattern(
                            "gatehouse_requests_total\\{code=\"200\",listener=\"test\",method=\"POST\",route=\"test\"\\} 1")
                    .containsPattern(
                            "gatehouse_requests_total\\{code=\"502\",listener=\"test\",method=\"GET\",route=\"test\"\\} 1");
        }
    }

    @Test
    void aWaitInVainHasItsDuration() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(c -> {
                    c.head();
                    c.untilClosed();
                });
                ProxyUnderTest proxy = ProxyUnderTest.with(ProxyUnderTest.allTo(upstream.port()))
                        .start()) {
            try (RawClient client = proxy.client()) {
                client.get("/gone");
                Thread.sleep(200);
            }
            JsonNode line = JSON.readTree(proxy.log(1).get(0));
            assertThat(line.get("status").asInt()).isEqualTo(499);
            assertThat(line.get("upstream_ms").asDouble()).isGreaterThan(100);
        }
    }

    @Test
    void aHeadThatDidNotComeHasTheTimeItTook() throws Exception {
        try (ScriptedUpstream upstream = ScriptedUpstream.answering(OK);
                ProxyUnderTest proxy = ProxyUnderTest.quick(ProxyUnderTest.allTo(upstream.port()));
                RawClient client = proxy.client()) {
            client.send("GET / HT");
            assertThat(client.response().status()).isEqualTo(408);
            assertThat(JSON.readTree(proxy.log(1).get(0)).get("duration_ms").asDouble())
                    .isGreaterThan(900);
        }
    }
}
