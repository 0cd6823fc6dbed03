// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.proxy.Boundary;
import io.gatehouse.proxy.Credentials;
import io.gatehouse.proxy.Credentials.Audience;
import io.gatehouse.proxy.Credentials.Cookies;
import io.gatehouse.proxy.Upstream;
import io.gatehouse.proxy.testkit.ProxyUnderTest;
import io.gatehouse.proxy.testkit.RawClient;
import io.gatehouse.proxy.testkit.Response;
import io.gatehouse.proxy.testkit.ScriptedUpstream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A driver with a login filter of its own, as the OKDP Spark Auth Filter, behind the door: signing in goes from the driver to an
 * identity provider on another host, back with a code, and on to the page, over real sockets. The test's browser keeps cookies.
 */
class LoginFilterIT {
    private static final String PLATFORM_COOKIE = "_oauth2_proxy=of-the-platform";

    private ScriptedUpstream driver;
    private ScriptedUpstream identityProvider;
    private FakeSpark history;
    private ProxyUnderTest door;
    private final List<String> seenByDriver = new CopyOnWriteArrayList<>();
    /** Name to value and path, as a browser keeps them. */
    private final Map<String, String[]> cookies = new TreeMap<>();

    @BeforeEach
    void open() throws Exception {
        history = new FakeSpark();
        identityProvider = new ScriptedUpstream(c -> {
            while (true) {
                String query = c.head().split(" ")[1].replaceFirst(".*[?]", "");
                c.send("HTTP/1.1 302 Found\r\nLocation: " + parameter(query, "redirect_uri") + "?code=c0de&state="
                        + parameter(query, "state") + "\r\nContent-Length: 0\r\n\r\n");
            }
        });
        driver = new ScriptedUpstream(c -> {
            while (true) {
                String head = c.head();
                seenByDriver.add(head);
                c.send(filtered(head));
            }
        });
        UiRouting routing = new UiRouting("/gatehouse", "/sparkui", new HistoryServer(history.upstream(), ""));
        AppDirectory directory = new AppDirectory(
                List.of(new Application("app-1", "test", new Upstream("127.0.0.1", driver.port()), null)));
        door = new ProxyUnderTest(
                RouterUnderTest.of(() -> routing, () -> directory).build());
    }

    @AfterEach
    void close() throws Exception {
        door.close();
        driver.close();
        identityProvider.close();
        history.close();
    }

    /** The filter: OpenID Connect for browsers, Basic where the client brings it. */
    private String filtered(String head) {
        String target = head.split(" ")[1];
        String cookie = String.valueOf(Response.field(head, "cookie"));
        if ("Basic eDp5".equals(Response.field(head, "authorization")) || cookie.contains("SID=signed-in")) {
            return FakeSpark.response(200, "text/html", "the page " + target);
        }
        if (target.startsWith("/basic")) {
            return "HTTP/1.1 401 X\r\nWWW-Authenticate: Basic realm=\"spark\"\r\nContent-Length: 0\r\n\r\n";
        }
        String host = Response.field(head, "host");
        if (target.contains("code=c0de") && target.contains("state=st4te") && cookie.contains("STATE=st4te")) {
            return "HTTP/1.1 302 Found\r\nLocation: http://" + host
                    + "/jobs/\r\nSet-Cookie: STATE=; Max-Age=0; Path=/\r\n"
                    + "Set-Cookie: SID=signed-in; Path=/; Domain=example.org; HttpOnly\r\nContent-Length: 0\r\n\r\n";
        }
        return "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:" + identityProvider.port()
                + "/realms/r/auth?client_id=spark&state=st4te&redirect_uri=http%3A%2F%2F" + host.replace(":", "%3A")
                + "%2Fgatehouse%2Fsparkui%2Fapp-1%2Fcallback\r\nSet-Cookie: STATE=st4te; Path=/\r\n"
                + "Content-Length: 0\r\n\r\n";
    }

    @ParameterizedTest
    @EnumSource(names = {"SCOPED", "SHARED"})
    void signingInAtADriverWorksOverSeveralHops(Cookies mode) throws Exception {
        // Given
        guard(mode, Audience.NOBODY);

        // When
        List<String> hops = new CopyOnWriteArrayList<>();
        Response page = browse("http://127.0.0.1:" + door.address().getPort() + "/gatehouse/sparkui/app-1/", hops);

        // Then
        assertThat(page.status()).isEqualTo(200);
        assertThat(page.text()).isEqualTo("the page /jobs/");
        assertThat(hops.stream().map(hop -> URI.create(hop).getPath()))
                .containsExactly(
                        "/gatehouse/sparkui/app-1/",
                        "/realms/r/auth",
                        "/gatehouse/sparkui/app-1/callback",
                        "/gatehouse/sparkui/app-1/jobs/");
        assertThat(hops.get(1)).startsWith("http://127.0.0.1:" + identityProvider.port() + "/");
        assertThat(seenByDriver).allSatisfy(head -> assertThat(head).doesNotContain("of-the-platform", "gh~"));
        assertThat(cookies.values())
                .allSatisfy(cookie -> assertThat(cookie[1])
                        .isEqualTo(mode == Cookies.SCOPED ? "/gatehouse/sparkui/app-1/" : "/gatehouse/"));
        assertThat(cookies.keySet()).containsExactly(mode == Cookies.SCOPED ? "gh~app-1~SID" : "SID");
    }

    @ParameterizedTest
    @EnumSource
    void aChallengeReachesTheClientAndItsAnswerTheDriverWhereThatIsWanted(Audience audience) throws Exception {
        guard(Cookies.SCOPED, audience);
        try (RawClient client = door.client()) {
            String get = "GET /gatehouse/sparkui/app-1/basic/ HTTP/1.1\r\nHost: a\r\n";
            Response challenge = client.send(get + "\r\n").response();
            assertThat(challenge.status()).isEqualTo(401);
            assertThat(challenge.field("www-authenticate")).isEqualTo("Basic realm=\"spark\"");
            assertThat(client.send(get + "Authorization: Basic eDp5\r\n\r\n")
                            .response()
                            .status())
                    .isEqualTo(audience == Audience.EVERYBODY ? 200 : 401);
        }
    }

    @Test
    void aRedirectToAnotherHostIsTheOneThatTheDriverSent() throws Exception {
        guard(Cookies.SCOPED, Audience.NOBODY);
        history.answers(
                "/history/old/jobs/",
                "HTTP/1.1 302 Found\r\nLocation: https://idp.example.com/realms/r/auth?a=b%2Fc#d\r\nContent-Length: 0\r\n\r\n");
        try (RawClient client = door.client()) {
            assertThat(client.get("/gatehouse/history/old/jobs/").response().field("location"))
                    .isEqualTo("https://idp.example.com/realms/r/auth?a=b%2Fc#d");
        }
    }

    private void guard(Cookies mode, Audience audience) {
        door.listener()
                .guard(Boundary.OPEN.withCredentials(
                        new Credentials(mode, List.of("_oauth2_proxy*"), audience, "/gatehouse")));
    }

    // ---- A browser ------------------------------------------------------------------------------------------------

    /** Follows redirects to whatever host they lead, with the cookies of the door's host. */
    private Response browse(String url, List<String> hops) throws Exception {
        String next = url;
        while (hops.size() < 10) {
            hops.add(next);
            URI uri = URI.create(next);
            try (RawClient client =
                    new RawClient(RawClient.connected(new InetSocketAddress(uri.getHost(), uri.getPort()), 0))) {
                String target = next.substring(next.indexOf('/', "http://".length()));
                Response response = client.send("GET " + target + " HTTP/1.1\r\nHost: " + uri.getAuthority()
                                + "\r\nCookie: " + cookiesFor(uri.getPath()) + "\r\n\r\n")
                        .response();
                Response.fields(response.head(), "set-cookie").forEach(this::keep);
                String location = response.field("location");
                if (location == null) {
                    return response;
                }
                next = uri.resolve(location).toString();
            }
        }
        throw new AssertionError("in circles: " + hops);
    }

    private String cookiesFor(String path) {
        String own = cookies.entrySet().stream()
                .filter(cookie -> path.startsWith(cookie.getValue()[1]))
                .map(cookie -> "; " + cookie.getKey() + "=" + cookie.getValue()[0])
                .collect(Collectors.joining());
        return PLATFORM_COOKIE + own;
    }

    private void keep(String setCookie) {
        String[] parts = setCookie.split("; ");
        String[] pair = parts[0].split("=", 2);
        assertThat(setCookie).doesNotContainIgnoringCase("domain=");
        if (setCookie.contains("Max-Age=0")) {
            cookies.remove(pair[0]);
        } else {
            cookies.put(pair[0], new String[] {pair[1], path(parts)});
        }
    }

    private static String path(String[] attributes) {
        for (String attribute : attributes) {
            if (attribute.startsWith("Path=")) {
                return attribute.substring("Path=".length());
            }
        }
        throw new AssertionError("no Path");
    }

    private static @Nullable String parameter(String query, String name) {
        for (String pair : query.split("&")) {
            if (pair.startsWith(name + "=")) {
                return URLDecoder.decode(pair.substring(name.length() + 1), StandardCharsets.UTF_8);
            }
        }
        return null;
    }
}
