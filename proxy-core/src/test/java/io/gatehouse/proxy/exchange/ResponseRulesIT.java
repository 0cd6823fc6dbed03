// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.proxy.Boundary;
import io.gatehouse.proxy.LocalResponse;
import io.gatehouse.proxy.ResponseRules;
import io.gatehouse.proxy.RouteDecision;
import io.gatehouse.proxy.testkit.ProxyUnderTest;
import io.gatehouse.proxy.testkit.RawClient;
import io.gatehouse.proxy.testkit.Response;
import io.gatehouse.proxy.testkit.ScriptedUpstream;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What clients get in every response, whatever its upstream says. */
class ResponseRulesIT {
    private static final String POLICY = "frame-ancestors 'self'";
    private static final ResponseRules RULES = ResponseRules.of(
            List.of(
                    new LocalResponse.Field("X-Frame-Options", "SAMEORIGIN"),
                    new LocalResponse.Field("X-Team", "data")),
            POLICY);

    private ScriptedUpstream upstream;
    private ProxyUnderTest proxy;
    private volatile String fields = "";

    @BeforeEach
    void start() throws Exception {
        upstream = new ScriptedUpstream(c -> {
            while (true) {
                c.head();
                c.send("HTTP/1.1 200 OK\r\n" + fields + "Content-Length: 2\r\n\r\nok");
            }
        });
        RouteDecision forward = new RouteDecision.Forward(ProxyUnderTest.target(upstream.port()), 0);
        RouteDecision page =
                new RouteDecision.Answer("page", LocalResponse.text(200, "page").with("x-frame-options", "DENY"));
        proxy = new ProxyUnderTest((head, client, principal) -> head.path().equals("/page") ? page : forward);
        proxy.listener().guard(Boundary.OPEN.withResponses(RULES));
    }

    @AfterEach
    void stop() throws Exception {
        proxy.close();
        upstream.close();
    }

    private String head(String path) throws Exception {
        try (RawClient client = proxy.client()) {
            return client.get(path).response().head();
        }
    }

    @Test
    void anUpstreamThatSaysNothingGetsAllOfIt() throws Exception {
        String head = head("/");
        assertThat(Response.fields(head, "x-content-type-options")).containsExactly("nosniff");
        assertThat(Response.fields(head, "content-security-policy")).containsExactly(POLICY);
        assertThat(Response.fields(head, "x-frame-options")).containsExactly("SAMEORIGIN");
        assertThat(Response.fields(head, "x-team")).containsExactly("data");
    }

    @Test
    void whatHoldsForTheWholeSiteIsNotForAnUpstreamToSay() throws Exception {
        fields = """
                Clear-Site-Data: "*"
                NEL: {"report_to":"r","max_age":1}
                Report-To: {"group":"r"}
                Reporting-Endpoints: r="https://evil.example"
                strict-transport-security: max-age=1
                Alt-Svc: h2="evil.example:443"
                Accept-CH: DPR
                Service-Worker-Allowed: /
                X-Other: 1
                """.replace("\n", "\r\n");
        String head = head("/");
        assertThat(Response.fields(head, "x-other")).containsExactly("1");
        assertThat(head)
                .doesNotContainIgnoringCase("clear-site-data")
                .doesNotContainIgnoringCase("nel:")
                .doesNotContainIgnoringCase("report")
                .doesNotContainIgnoringCase("strict-transport")
                .doesNotContainIgnoringCase("alt-svc")
                .doesNotContainIgnoringCase("accept-ch")
                .doesNotContainIgnoringCase("service-worker");
    }

    @Test
    void anUpstreamsOwnPolicyStaysAndTheRestOfItsWordsAboutTheSiteDoNot() throws Exception {
        fields = "Content-Security-Policy: script-src 'nonce-1'\r\nX-Content-Type-Options: sniff\r\n"
                + "x-frame-options: ALLOWALL\r\nAccess-Control-Allow-Origin: *\r\n"
                + "access-control-allow-credentials: true\r\nX-Other: 1\r\n";
        String head = head("/");
        assertThat(Response.fields(head, "content-security-policy")).containsExactly("script-src 'nonce-1'");
        assertThat(Response.fields(head, "x-content-type-options")).containsExactly("nosniff");
        assertThat(Response.fields(head, "x-frame-options")).containsExactly("SAMEORIGIN");
        assertThat(Response.fields(head, "x-other")).containsExactly("1");
        assertThat(head).doesNotContainIgnoringCase("access-control");
    }

    @Test
    void aResponseOfOursGetsTheConfiguredFieldsUnlessItHasThem() throws Exception {
        String head = head("/page");
        assertThat(Response.fields(head, "x-team")).containsExactly("data");
        assertThat(Response.fields(head, "x-frame-options")).containsExactly("DENY");
        assertThat(Response.fields(head, "x-content-type-options")).containsExactly("nosniff");
    }

    @Test
    void withoutRulesResponsesPassAsTheyCome() throws Exception {
        proxy.listener().guard(Boundary.OPEN);
        fields = "Access-Control-Allow-Origin: *\r\n";
        assertThat(head("/")).contains("Access-Control-Allow-Origin: *").doesNotContain("nosniff", "Content-Security");
    }
}
