// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.proxy.Boundary;
import io.gatehouse.proxy.Credentials;
import io.gatehouse.proxy.Credentials.Audience;
import io.gatehouse.proxy.Credentials.Cookies;
import io.gatehouse.proxy.ForwardTarget;
import io.gatehouse.proxy.RouteDecision;
import io.gatehouse.proxy.UpstreamOwner;
import io.gatehouse.proxy.testkit.ProxyUnderTest;
import io.gatehouse.proxy.testkit.RawClient;
import io.gatehouse.proxy.testkit.Response;
import io.gatehouse.proxy.testkit.ScriptedUpstream;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Which cookies and credentials pass: /a/ is an application's, /history/ the platform's, everything else nobody's. */
class CredentialsIT {
    private static final Credentials SCOPED = new Credentials(Cookies.SCOPED, List.of(), Audience.NOBODY, "");
    private static final Credentials SHARED =
            new Credentials(Cookies.SHARED, List.of("_oauth2_proxy*", "SSO"), Audience.NOBODY, "/base");

    /** Sets the cookies that a test wants, and answers with the head that it was sent. */
    private ScriptedUpstream upstream;

    private ProxyUnderTest proxy;
    private volatile String setCookies = "";

    @BeforeEach
    void start() throws Exception {
        upstream = new ScriptedUpstream(c -> {
            while (true) {
                String head = c.head();
                c.send("HTTP/1.1 200 OK\r\n" + setCookies + "Content-Length: " + head.length() + "\r\n\r\n" + head);
            }
        });
        ForwardTarget plain = ProxyUnderTest.target(upstream.port());
        ForwardTarget application = plain.ownedBy(UpstreamOwner.application("app-1", "/base/a"));
        ForwardTarget platform = plain.ownedBy(UpstreamOwner.platform("/base"));
        proxy = new ProxyUnderTest((head, client, principal) -> {
            String path = head.path();
            ForwardTarget target =
                    path.startsWith("/a/") ? application : path.startsWith("/history/") ? platform : plain;
            return new RouteDecision.Forward(target, 0);
        });
    }

    @AfterEach
    void stop() throws Exception {
        proxy.close();
        upstream.close();
    }

    private Response ask(Credentials credentials, String path, String... fields) throws Exception {
        proxy.listener().guard(Boundary.OPEN.withCredentials(credentials));
        try (RawClient client = proxy.client()) {
            String lines = fields.length == 0 ? "" : String.join("\r\n", fields) + "\r\n";
            return client.send("GET " + path + " HTTP/1.1\r\nHost: a\r\n" + lines + "\r\n")
                    .response();
        }
    }

    private List<String> seen(Credentials credentials, String path, String cookies) throws Exception {
        return Response.fields(ask(credentials, path, "Cookie: " + cookies).text(), "cookie");
    }

    private List<String> set(Credentials credentials, String path, String... cookies) throws Exception {
        setCookies = "Set-Cookie: " + String.join("\r\nset-cookie: ", cookies) + "\r\n";
        return Response.fields(ask(credentials, path).head(), "set-cookie");
    }

    // ---- Scoped ---------------------------------------------------------------------------------------------------

    /** What a browser sends, and what of it the application, the platform's server and nobody's get. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', nullValues = "-", textBlock = """
            _oauth2_proxy=x; gh~app-1~SID=1; gh~~HS=2     | SID=1        | HS=2
            gh~app-1~SID=1;gh~app-1~b="q;_secret=x"; c=d  | SID=1; b="q  | -
            gh~app-2~SID=1; gh~app-11~SID=2; gh~app-1=3   | -            | -
            gh~app-1~=v; gh~app-1~; gh~app-1~n            | -            | -
            ;;  ; gh~app-1~a=;gh~app-1~b=c=d              | a=; b=c=d    | -
            GH~app-1~SID=1; SID=2                         | -            | -
            gh~app-1~x~y=1; gh~~x~y=1                     | x~y=1        | x~y=1
            """)
    void aCookieGoesToWhomeverSetIt(String sent, @Nullable String application, @Nullable String platform)
            throws Exception {
        assertThat(seen(SCOPED, "/a/", sent)).isEqualTo(application == null ? List.of() : List.of(application));
        assertThat(seen(SCOPED, "/history/", sent)).isEqualTo(platform == null ? List.of() : List.of(platform));
        assertThat(seen(SCOPED, "/other", sent)).isEmpty();
    }

    @Test
    void severalCookieFieldsStayApart() throws Exception {
        Response response = ask(SCOPED, "/a/", "Cookie: gh~app-1~a=1; z=2", "cookie: z=3", "cookie: gh~app-1~b=4");
        assertThat(Response.fields(response.text(), "cookie")).containsExactly("a=1", "b=4");
    }

    /** What an application sets, and what the browser gets. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', nullValues = "-", textBlock = """
            SID=1                              | gh~app-1~SID=1; HttpOnly; SameSite=Lax; Path=/base/a/
            SID=1; Path=/                      | gh~app-1~SID=1; HttpOnly; SameSite=Lax; Path=/base/a/
            SID=1; Domain=.example.org;path=/x;PATH=/ ; domain=a | gh~app-1~SID=1; HttpOnly; SameSite=Lax; Path=/base/a/
            SID = 1 ;Secure;httponly;  SameSite=Strict;Max-Age=0;Priority=High | -
            SID=1 ;Secure;httponly;  SameSite=Strict;Max-Age=0;Priority=High | gh~app-1~SID=1; Secure; httponly; SameSite=Strict; Max-Age=0; Priority=High; Path=/base/a/
            __Host-SID="a b,c"; Path=/; Secure | gh~app-1~__Host-SID="a b,c"; Secure; HttpOnly; SameSite=Lax; Path=/base/a/
            SID=; Expires=Thu, 01 Jan 1970 00:00:00 GMT | gh~app-1~SID=; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; SameSite=Lax; Path=/base/a/
            _oauth2_proxy=stolen; Path=/       | gh~app-1~_oauth2_proxy=stolen; HttpOnly; SameSite=Lax; Path=/base/a/
            gh~app-2~SID=1                     | gh~app-1~gh~app-2~SID=1; HttpOnly; SameSite=Lax; Path=/base/a/
            SID=1;;  ;                         | gh~app-1~SID=1; HttpOnly; SameSite=Lax; Path=/base/a/
            =1                                 | -
            SID                                | -
            a b=1                              | -
            "a"=1                              | -
            SID; x=1                           | -
            """)
    void whatAnApplicationSetsCountsForItAlone(String set, @Nullable String expected) throws Exception {
        assertThat(set(SCOPED, "/a/", set)).isEqualTo(expected == null ? List.of() : List.of(expected));
        assertThat(set(SCOPED, "/other", set)).isEmpty();
    }

    @Test
    void theHistoryServersCountBelowTheBasePath() throws Exception {
        assertThat(set(SCOPED, "/history/", "HS=1; Path=/history", "b=2"))
                .containsExactly(
                        "gh~~HS=1; HttpOnly; SameSite=Lax; Path=/base/",
                        "gh~~b=2; HttpOnly; SameSite=Lax; Path=/base/");
    }

    // ---- Shared ---------------------------------------------------------------------------------------------------

    @Test
    void sharedCookiesReachEverybodyButThePlatformsAndTheScopedOnes() throws Exception {
        String sent = "_oauth2_proxy=1; _oauth2_proxy_csrf=2; SSO=3; SSO2=4; gh~app-1~a=5; SID=6";
        assertThat(seen(SHARED, "/a/", sent)).containsExactly("SSO2=4; SID=6");
        assertThat(seen(SHARED, "/history/", sent)).containsExactly("SSO2=4; SID=6");
        assertThat(set(
                        SHARED,
                        "/a/",
                        "_oauth2_proxy_0=x",
                        "SSO=x",
                        "gh~app-2~a=x",
                        "SID=1; Domain=example.org; Path=/x"))
                .containsExactly("SID=1; HttpOnly; SameSite=Lax; Path=/base/");
    }

    // ---- The rest -------------------------------------------------------------------------------------------------

    @ParameterizedTest
    @EnumSource
    void authorizationGoesToWhomIsConfigured(Audience audience) throws Exception {
        Credentials credentials = new Credentials(Cookies.SCOPED, List.of(), audience, "");
        String basic = "Authorization: Basic eDp5";
        for (String path : List.of("/a/", "/other", "/history/")) {
            boolean gets =
                    audience == Audience.EVERYBODY || (audience == Audience.PLATFORM && path.equals("/history/"));
            assertThat(Response.fields(ask(credentials, path, basic).text(), "authorization"))
                    .as(path)
                    .hasSize(gets ? 1 : 0);
        }
    }

    @Test
    void whatProxiesInFrontSayStaysHere() throws Exception {
        proxy.listener().guard(Boundary.OPEN.withHiddenFields(List.of("X-Auth-Request-*", "Remote-User")));
        try (RawClient client = proxy.client()) {
            String head = client.send(
                            "GET /a/ HTTP/1.1\r\nHost: a\r\nx-auth-request-access-token: t\r\n"
                                    + "X-AUTH-REQUEST-USER: u\r\nremote-user: u\r\nRemote-Users: ok\r\nX-Auth-Request: ok\r\n\r\n")
                    .response()
                    .text();
            assertThat(head).contains("Remote-Users: ok", "X-Auth-Request: ok");
            assertThat(head).doesNotContainIgnoringCase("access-token", "request-user", "remote-user:");
        }
    }

    @Test
    void whereNothingIsConfiguredEverythingPassesAsItComes() throws Exception {
        setCookies = "Set-Cookie: SID=1; Path=/x; Domain=y\r\n";
        Response response = ask(Credentials.OPEN, "/a/", "Cookie: a=1;b=2", "Authorization: Basic eDp5");
        assertThat(Response.fields(response.head(), "set-cookie")).containsExactly("SID=1; Path=/x; Domain=y");
        assertThat(response.text()).contains("Cookie: a=1;b=2\r\n", "Authorization: Basic eDp5\r\n");
    }
}
