// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.gatehouse.proxy.ErrorType;
import io.gatehouse.proxy.RouteDecision;
import io.gatehouse.proxy.testkit.ProxyUnderTest;
import io.gatehouse.proxy.testkit.RawClient;
import io.gatehouse.proxy.testkit.Response;
import io.gatehouse.proxy.testkit.ScriptedUpstream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** One name for each failure: in the answer, in the access log and in the metric. */
class ErrorNamesIT {
    private static final ObjectMapper JSON = new ObjectMapper();

    @ParameterizedTest
    @EnumSource(value = ErrorType.class, mode = EnumSource.Mode.EXCLUDE, names = "DOWNSTREAM_CLOSED")
    void theAnswerTheLogAndTheMetricAgree(ErrorType error) throws Exception {
        try (ProxyUnderTest proxy = new ProxyUnderTest(
                        (head, _, principal) -> new RouteDecision.Refuse("some-route", error, "what to do"));
                RawClient client = proxy.client()) {
            // When
            Response problem = client.get("/").response();
            client.send("GET / HTTP/1.1\r\nHost: a\r\nAccept: text/html,*/*;q=0.8\r\n\r\n");
            Response page = client.response();
            client.send("HEAD / HTTP/1.1\r\nHost: a\r\nX-Request-Id: same\r\n\r\n");
            Response head = client.headResponse();
            client.send("GET / HTTP/1.1\r\nHost: a\r\nX-Request-Id: same\r\n\r\n");
            Response again = client.response();

            // Then: in the answer (RFC 9209 section 2: a list of one token, with a token as parameter)
            assertThat(problem.status()).isEqualTo(error.status());
            assertThat(problem.field("proxy-status"))
                    .matches("gatehouse; error=[a-z_]+")
                    .endsWith("=" + error.token());
            assertThat(page.field("proxy-status")).isEqualTo(problem.field("proxy-status"));
            assertThat(head.field("proxy-status")).isEqualTo(problem.field("proxy-status"));
            JsonNode document = JSON.readTree(problem.body());
            assertThat(problem.field("content-type")).isEqualTo("application/problem+json");
            assertThat(document.get("code").asText()).isEqualTo(error.token());
            assertThat(document.get("status").asInt()).isEqualTo(error.status());
            assertThat(page.field("content-type")).isEqualTo("text/html; charset=utf-8");
            assertThat(page.text()).contains(error.token(), "what to do");
            assertThat(head.field("content-length"))
                    .as("what a GET would have")
                    .isEqualTo(again.field("content-length"))
                    .isEqualTo("" + again.body().length);
            assertThat(problem.field("retry-after")).isEqualTo(error.status() == 503 ? "5" : null);

            // And: in the log
            for (String line : proxy.log(4)) {
                assertThat(JSON.readTree(line).get("error").asText()).isEqualTo(error.token());
                assertThat(JSON.readTree(line).get("status").asInt()).isEqualTo(error.status());
            }

            // And: in the metric
            assertThat(proxy.count(
                            "gatehouse.request.errors",
                            "listener",
                            "test",
                            "route",
                            "some-route",
                            "code",
                            "" + error.status(),
                            "reason",
                            error.token()))
                    .isEqualTo(4);
            assertThat(proxy.count("gatehouse.request.errors")).isEqualTo(4);
        }
    }

    @Test
    void aClientThatLeavesIsToldFromAnUpstreamThatDoes() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(c -> {
                    if (c.head().contains("/close")) {
                        return;
                    }
                    c.untilClosed();
                });
                ProxyUnderTest proxy = new ProxyUnderTest(ProxyUnderTest.allTo(upstream.port()))) {
            try (RawClient leaving = proxy.client()) {
                leaving.get("/wait");
                ProxyUnderTest.patiently().until(() -> upstream.connections() == 1);
            }
            try (RawClient client = proxy.client()) {
                assertThat(client.get("/close").response().status()).isEqualTo(502);
            }
            proxy.log(2);
            assertThat(proxy.count("gatehouse.request.errors", "reason", "connection_terminated", "code", "499"))
                    .isEqualTo(1);
            assertThat(proxy.count("gatehouse.request.errors", "reason", "connection_terminated", "code", "502"))
                    .isEqualTo(1);
        }
    }

    @Test
    void aViolationIsCountedByNameToo() throws Exception {
        try (ProxyUnderTest proxy = new ProxyUnderTest(ProxyUnderTest.allTo(1));
                RawClient client = proxy.client()) {
            Response response = client.send("GET / HTTP/1.1\r\n\r\n").response();
            assertThat(response.status()).isEqualTo(400);
            assertThat(proxy.log(1).get(0)).contains("\"error\":\"http_request_error\"");
            assertThat(proxy.count(
                            "gatehouse.request.errors", "route", "none", "code", "400", "reason", "http_request_error"))
                    .isEqualTo(1);
        }
    }
}
