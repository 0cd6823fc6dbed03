// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.proxy.ClientInfo;
import io.gatehouse.proxy.CorsRules;
import io.gatehouse.proxy.ErrorType;
import io.gatehouse.proxy.RouteDecision;
import io.gatehouse.proxy.http1.HttpViolation;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Other sites cannot act in a viewer's name. */
class CrossSiteTest {
    private static final String KILL = "/sparkui/app-1/jobs/job/kill/";

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            Sec-Fetch-Site: same-origin                                   |
            Sec-Fetch-Site: none                                          |
            Sec-Fetch-Site: same-site                                     | HTTP_REQUEST_DENIED
            Sec-Fetch-Site: cross-site                                    | HTTP_REQUEST_DENIED
            Sec-Fetch-Site: anything                                      | HTTP_REQUEST_DENIED
            Origin: http://gate.example                                   |
            Origin: https://GATE.example                                  |
            Origin: http://evil.example                                   | HTTP_REQUEST_DENIED
            Origin: http://gate.example.evil.example                      | HTTP_REQUEST_DENIED
            Origin: http://gate.example:81                                | HTTP_REQUEST_DENIED
            Origin: http://evil.example/://gate.example                   | HTTP_REQUEST_DENIED
            Origin: null                                                  | HTTP_REQUEST_DENIED
            Origin: gate.example                                          | HTTP_REQUEST_DENIED
            X-Nothing: programs send neither                              |
            Referer: http://evil.example/                                 |
            """)
    void aPostIsTakenFromOurOwnPagesAndFromPrograms(String field, @Nullable String error) throws HttpViolation {
        assertThat(refusal("POST", KILL, field)).isEqualTo(error);
        assertThat(refusal("DELETE", "/", field)).isEqualTo(error);
    }

    @Test
    void whatTheBrowserSaysOfTheSiteCountsMoreThanOrigin() throws HttpViolation {
        // A proxy in front of us may have changed Host.
        assertThat(refusal("POST", KILL, "Origin: https://front.example", "Sec-Fetch-Site: same-origin"))
                .isNull();
        assertThat(refusal("POST", KILL, "Origin: http://gate.example", "Sec-Fetch-Site: cross-site"))
                .isEqualTo("HTTP_REQUEST_DENIED");
    }

    @Test
    void noOtherSiteOpensAWebSocket() throws HttpViolation {
        String connection = "Connection: Upgrade";
        String upgrade = "Upgrade: websocket";
        assertThat(refusal("GET", "/", connection, upgrade, "Origin: http://evil.example"))
                .isEqualTo("HTTP_REQUEST_DENIED");
        assertThat(refusal("GET", "/", connection, upgrade, "Origin: http://gate.example"))
                .isNull();
        assertThat(refusal("GET", "/", connection, upgrade)).isNull();
    }

    /** The browser's Origin, what a trusted proxy says of scheme, host and port, and the refusal. Host is the proxy's own. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
            https://front.example      | https | front.example      | 0    | -
            https://FRONT.example      | https | Front.example      | 0    | -
            https://front.example:8443 | https | front.example:8443 | 0    | -
            https://front.example:8443 | https | front.example      | 8443 | -
            https://front.example      | https | front.example      | 443  | -
            https://front.example      | -     | front.example      | 0    | -
            https://gate.example       | https | -                  | 0    | -
            http://front.example       | https | front.example      | 0    | HTTP_REQUEST_DENIED
            https://front.example:81   | https | front.example      | 8443 | HTTP_REQUEST_DENIED
            https://gate.example       | https | front.example      | 0    | HTTP_REQUEST_DENIED
            https://evil.example       | https | front.example      | 0    | HTTP_REQUEST_DENIED
            """)
    void behindATrustedProxyASiteIsWhatTheBrowserSees(
            String origin, @Nullable String scheme, @Nullable String host, int port, @Nullable String error)
            throws HttpViolation {
        assertThat(refusal(Clients.at(scheme, host, port), "POST", KILL, "Origin: " + origin))
                .isEqualTo(error);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/sparkui/app-1/jobs/job/kill",
                "/sparkui/app-1/jobs/job/kill/",
                "/sparkui/app-1/jobs/job/kill/?id=1&terminate=true",
                "/sparkui/app-1/jobs/job/kill?id=1",
                "/sparkui/app-1/jobs/job/kill//?id=1",
                "/sparkui/app-1/jobs/job//kill//",
                "/sparkui/app-1/stages/stage/kill/x",
                "/sparkui/app-1/stages/stage/kill;a=b/?id=1",
                "/sparkui/app-1/stages/stage/kill/;a=b",
                "/sparkui/app-1/stages/stage/%6bil%6C/?id=1",
                "/sparkui/app-1//kill"
            })
    void aPathThatMayKillIsKnownAndAnotherSiteNeverPostsToIt(String target) throws HttpViolation {
        assertThat(KillPath.matches(Heads.get(target).path())).isTrue();
        assertThat(refusal("POST", target, "Sec-Fetch-Site: same-origin")).isNull();
        assertThat(refusal("POST", target, "Sec-Fetch-Site: cross-site")).isEqualTo("HTTP_REQUEST_DENIED");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/sparkui/app-1/jobs/?kill=/kill/",
                "/sparkui/app-1/skill/",
                "/sparkui/app-1/killed",
                "/sparkui/app-1/static/kill.js",
                "/sparkui/app-1/a%2Bb%25/"
            })
    void readingIsFree(String target) throws HttpViolation {
        assertThat(refusal("GET", target, "Sec-Fetch-Site: cross-site", "Origin: http://evil.example"))
                .isNull();
        assertThat(KillPath.matches(Heads.get(target).path())).isFalse();
    }

    /** What a page of portal.example sends, which ui.cors allows to POST. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            POST   | /sparkui/app-1/x               | https://portal.example |
            DELETE | /sparkui/app-1/x               | https://portal.example | HTTP_REQUEST_DENIED
            POST   | /sparkui/app-1/x               | https://evil.example   | HTTP_REQUEST_DENIED
            POST   | /sparkui/app-1/x               | null                   | HTTP_REQUEST_DENIED
            POST   | /sparkui/app-1/jobs/job/kill/  | https://portal.example | HTTP_REQUEST_DENIED
            POST   | /sparkui/app-1/jobs/job/%6bill | https://portal.example | HTTP_REQUEST_DENIED
            """)
    void anotherSiteMayChangeWhatConfigurationSaysButNeverKills(
            String method, String target, String origin, @Nullable String error) throws HttpViolation {
        // Given
        CorsRules cors = CorsRules.of(
                List.of("https://portal.example"), List.of("POST"), List.of(), List.of(), true, Duration.ZERO);
        for (String site : List.of("Sec-Fetch-Site: cross-site", "X-Old: browser")) {
            // When
            RouteDecision decision =
                    CrossSite.check(Heads.request(method, target, "Origin: " + origin, site), Clients.DIRECT, cors);
            // Then
            assertThat(
                            decision == null
                                    ? null
                                    : ((RouteDecision.Refuse) decision).error().name())
                    .isEqualTo(error);
        }
    }

    @Test
    void noOtherSiteOpensAWebSocketWhateverIsConfigured() throws HttpViolation {
        CorsRules cors = CorsRules.of(
                List.of("https://portal.example"), List.of("GET", "POST"), List.of(), List.of(), true, Duration.ZERO);
        assertThat(CrossSite.check(
                        Heads.get("/", "Connection: Upgrade", "Upgrade: websocket", "Origin: https://portal.example"),
                        Clients.DIRECT,
                        cors))
                .isNotNull();
    }

    private static @Nullable String refusal(String method, String target, String... fields) throws HttpViolation {
        return refusal(Clients.DIRECT, method, target, fields);
    }

    private static @Nullable String refusal(ClientInfo client, String method, String target, String... fields)
            throws HttpViolation {
        RouteDecision decision = CrossSite.check(Heads.request(method, target, fields), client, CorsRules.NONE);
        ErrorType error = decision == null ? null : ((RouteDecision.Refuse) decision).error();
        return error == null ? null : error.name();
    }
}
