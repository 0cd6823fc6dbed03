// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.proxy.testkit.ProxyUnderTest;
import io.gatehouse.proxy.testkit.RawClient;
import io.gatehouse.proxy.testkit.Response;
import io.gatehouse.proxy.testkit.ScriptedUpstream;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;

/** Plain requests and responses through the proxy, over real sockets. */
class ForwardingIT {
    @Test
    void aRequestPassesAndItsAnswerComesBack() throws Exception {
        // Given
        BlockingQueue<String> heads = new LinkedBlockingQueue<>();
        try (ScriptedUpstream upstream = new ScriptedUpstream(c -> {
                    while (true) {
                        heads.add(c.head());
                        c.ok("hello");
                    }
                });
                ProxyUnderTest proxy = new ProxyUnderTest(ProxyUnderTest.allTo(upstream.port()));
                RawClient client = proxy.client()) {
            // When
            client.send(
                    "GET /a?b=c HTTP/1.1\r\nHost: example.org\r\nX-Mine: 1\r\nConnection: X-Gone\r\nX-Gone: 2\r\n\r\n");
            Response first = client.response();
            client.send("GET /second HTTP/1.1\r\nHost: example.org\r\n\r\n");
            Response second = client.response();

            // Then
            assertThat(first.status()).isEqualTo(200);
            assertThat(first.text()).isEqualTo("hello");
            assertThat(second.text()).isEqualTo("hello");
            assertThat(heads.take())
                    .startsWith("GET /a?b=c HTTP/1.1\r\nHost: example.org\r\nX-Mine: 1\r\n")
                    .contains(
                            "X-Forwarded-For: 127.0.0.1\r\n",
                            "X-Forwarded-Host: example.org\r\n",
                            "Via: 1.1 gatehouse-")
                    .doesNotContain("X-Gone");
            assertThat(upstream.connections())
                    .as("the upstream connection is kept")
                    .isEqualTo(1);
        }
    }

    @Test
    void pipelinedRequestsAreAnsweredInOrder() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(c -> {
                    while (true) {
                        String head = c.head();
                        c.ok(head.substring(4, head.indexOf(' ', 4)));
                    }
                });
                ProxyUnderTest proxy = new ProxyUnderTest(ProxyUnderTest.allTo(upstream.port()));
                RawClient client = proxy.client()) {
            StringBuilder requests = new StringBuilder();
            for (int i = 0; i < 50; i++) {
                requests.append("GET /").append(i).append(" HTTP/1.1\r\nHost: a\r\n\r\n");
            }
            client.send(requests.toString());
            for (int i = 0; i < 50; i++) {
                assertThat(client.response().text()).isEqualTo("/" + i);
            }
        }
    }

    @Test
    void aChunkedBodyAndItsTrailersPassBothWays() throws Exception {
        BlockingQueue<String> received = new LinkedBlockingQueue<>();
        try (ScriptedUpstream upstream = new ScriptedUpstream(c -> {
                    c.head();
                    StringBuilder body = new StringBuilder();
                    while (!body.toString().endsWith("\r\n\r\n")) {
                        body.append((char) c.in().read());
                    }
                    received.add(body.toString());
                    c.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX-Sum: 9\r\n\r\n");
                });
                ProxyUnderTest proxy = new ProxyUnderTest(ProxyUnderTest.allTo(upstream.port()));
                RawClient client = proxy.client()) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
            client.send("5;x=y\r\nhello\r\n0\r\nX-T: 1\r\n\r\n");
            Response response = client.response();
            assertThat(response.text()).isEqualTo("abc");
            assertThat(response.trailers()).containsExactly("X-Sum: 9");
            assertThat(received.take()).isEqualTo("5\r\nhello\r\n0\r\nX-T: 1\r\n\r\n");
        }
    }

    @Test
    void anUpstreamThatRefusesIsA502WithItsName() throws Exception {
        int port;
        try (ScriptedUpstream upstream = new ScriptedUpstream(c -> {})) {
            port = upstream.port();
        }
        try (ProxyUnderTest proxy = new ProxyUnderTest(ProxyUnderTest.allTo(port));
                RawClient client = proxy.client()) {
            client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
            Response response = client.response();
            assertThat(response.status()).isEqualTo(502);
            assertThat(response.field("proxy-status")).isEqualTo("gatehouse; error=connection_refused");
            assertThat(response.text()).doesNotContain("127.0.0.1");
        }
    }
}
