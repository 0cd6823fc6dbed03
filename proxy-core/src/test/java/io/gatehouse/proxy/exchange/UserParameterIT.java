// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.proxy.Boundary;
import io.gatehouse.proxy.TrustedProxies;
import io.gatehouse.proxy.TrustedProxies.Fields;
import io.gatehouse.proxy.forwarding.ViewerHeader;
import io.gatehouse.proxy.testkit.ProxyUnderTest;
import io.gatehouse.proxy.testkit.RawClient;
import io.gatehouse.proxy.testkit.Response;
import io.gatehouse.proxy.testkit.ScriptedUpstream;
import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who is viewing by the word of a trusted proxy, and the query parameter in which upstreams are told. */
class UserParameterIT {
    private static final String FIELD = "X-Auth-Request-User";
    private static final Boundary STRIPPED =
            Boundary.OPEN.withUserParameter("doAs", false).withHiddenFields(List.of(FIELD));
    private static final Boundary TOLD = STRIPPED.withUserParameter("doAs", true);
    private static final TrustedProxies LOOPBACK =
            new TrustedProxies(InetAddress::isLoopbackAddress, Fields.X_FORWARDED);

    /** Answers with the head that it was sent. */
    private ScriptedUpstream mirror;

    private @Nullable ProxyUnderTest proxy;

    @BeforeEach
    void start() throws Exception {
        mirror = new ScriptedUpstream(c -> {
            while (true) {
                String head = c.head();
                c.body(head);
                c.ok(head);
            }
        });
    }

    @AfterEach
    void stop() throws Exception {
        if (proxy != null) {
            proxy.close();
        }
        mirror.close();
    }

    private String targetOf(Boundary boundary, String target, String... fields) throws Exception {
        return seen(LOOPBACK, boundary, target, fields).split(" ")[1];
    }

    private String seen(TrustedProxies trusted, Boundary boundary, String target, String... fields) throws Exception {
        ProxyUnderTest door = proxy;
        if (door == null) {
            door = ProxyUnderTest.with(ProxyUnderTest.allTo(mirror.port()))
                    .trusting(trusted)
                    .authenticator(new ViewerHeader(FIELD, trusted))
                    .start();
            proxy = door;
        }
        door.listener().guard(boundary);
        try (RawClient client = door.client()) {
            String lines = fields.length == 0 ? "" : String.join("\r\n", fields) + "\r\n";
            return client.send("GET " + target + " HTTP/1.1\r\nHost: a\r\n" + lines + "\r\n")
                    .response()
                    .text();
        }
    }

    /** What came, what goes on, and what goes on in the name of alice. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            /p                              | /p                | /p?doAs=alice
            /p?                             | /p?               | /p?doAs=alice&
            /p?a=1&&b                       | /p?a=1&&b         | /p?doAs=alice&a=1&&b
            /p?doAs=root                    | /p                | /p?doAs=alice
            /p?doAs                         | /p                | /p?doAs=alice
            /p?doAs=&doAs=root              | /p                | /p?doAs=alice
            /p?a=1&doAs=root&b=2            | /p?a=1&b=2        | /p?doAs=alice&a=1&b=2
            /p?doAs=root&b=2                | /p?b=2            | /p?doAs=alice&b=2
            /p?b=2&doAs=root                | /p?b=2            | /p?doAs=alice&b=2
            /p?%64oAs=root&b                | /p?b              | /p?doAs=alice&b
            /p?do%41s=root&b                | /p?b              | /p?doAs=alice&b
            /p?%64%6F%41%73=root&b          | /p?b              | /p?doAs=alice&b
            /p?%u0064oAs=root&b             | /p?b              | /p?doAs=alice&b
            /p?doas=x&DOAS=y                | /p?doas=x&DOAS=y  | /p?doAs=alice&doas=x&DOAS=y
            /p?doAsk=x&adoAs=y              | /p?doAsk=x&adoAs=y | /p?doAs=alice&doAsk=x&adoAs=y
            /p?doA&%64o&%6&%u00&x=doAs      | /p?doA&%64o&%6&%u00&x=doAs | /p?doAs=alice&doA&%64o&%6&%u00&x=doAs
            /p?a=%2525&u=http://b/?doAs=c   | /p?a=%2525&u=http://b/?doAs=c | /p?doAs=alice&a=%2525&u=http://b/?doAs=c
            """)
    void theParameterIsOursAloneAndEverythingElsePassesByteByByte(String target, String stripped, String told)
            throws Exception {
        String alice = FIELD + ": alice";
        assertThat(targetOf(STRIPPED, target, alice)).isEqualTo(stripped);
        assertThat(targetOf(TOLD, target)).isEqualTo(stripped);
        assertThat(targetOf(TOLD, target, alice)).isEqualTo(told);
        assertThat(targetOf(Boundary.OPEN, target, alice)).isEqualTo(target);
    }

    /**
     * A container puts a query's parameters before those of a form (Servlet 6.0 section 3.1), and Spark takes the first: as long as
     * ours is in the query, no form can say anything else.
     */
    @Test
    void inTheNameOfAFormOursIsInTheQueryAllTheSame() throws Exception {
        String form = "doAs=root&id=1";
        String post = "POST /kill/?doAs=root HTTP/1.1\r\nHost: a\r\n" + FIELD + ": alice\r\n"
                + "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: " + form.length() + "\r\n\r\n"
                + form;
        targetOf(TOLD, "/");
        try (RawClient client = required().client()) {
            assertThat(client.send(post).response().text()).startsWith("POST /kill/?doAs=alice HTTP/1.1\r\n");
        }
    }

    @Test
    void aNameIsEscapedWhereAQueryNeedsThat() throws Exception {
        assertThat(targetOf(TOLD, "/", FIELD + ": a.b-c_d+e@Example.org"))
                .isEqualTo("/?doAs=a.b-c_d%2Be%40Example.org");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "X-Auth-Request-User:",
                "X-Auth-Request-User: a b",
                "X-Auth-Request-User: a&doAs=root",
                "X-Auth-Request-User: a,root",
                "X-Auth-Request-User: \"a\"",
                "X-Auth-Request-User: -a",
                "X-Auth-Request-User: \u00e4",
                "X-Auth-Request-User: alice\r\nX-Auth-Request-User: alice",
                "X-Auth-Request-Users: alice"
            })
    void whatIsNoSoundNameNamesNobody(String field) throws Exception {
        assertThat(targetOf(TOLD, "/", field)).isEqualTo("/");
        String long129 = "a".repeat(129);
        assertThat(targetOf(TOLD, "/", FIELD + ": " + long129)).isEqualTo("/");
        assertThat(targetOf(TOLD, "/", FIELD + ": " + long129.substring(1)))
                .isEqualTo("/?doAs=" + long129.substring(1));
    }

    @Test
    void onlyATrustedProxyNamesAViewerAndNoUpstreamSeesTheField() throws Exception {
        String told = seen(LOOPBACK, TOLD, "/", "x-AUTH-request-USER: alice", "X-Forwarded-For: 192.0.2.1");
        assertThat(told).startsWith("GET /?doAs=alice ");
        assertThat(Response.fields(told, "x-auth-request-user")).isEmpty();
        assertThat(required().log(1).getLast()).contains("\"principal\":\"alice\"");
    }

    @Test
    void anybodyElseNamesNobody() throws Exception {
        String told = seen(TrustedProxies.NONE, TOLD, "/?doAs=root", FIELD + ": alice");
        assertThat(told).startsWith("GET / ");
        assertThat(Response.fields(told, "x-auth-request-user")).isEmpty();
        assertThat(List.of(required().log(1).getLast())).noneMatch(line -> line.contains("principal"));
    }

    private ProxyUnderTest required() {
        ProxyUnderTest door = proxy;
        if (door == null) {
            throw new IllegalStateException("nothing was asked yet");
        }
        return door;
    }
}
