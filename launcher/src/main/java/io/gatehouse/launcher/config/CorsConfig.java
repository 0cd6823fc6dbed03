// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.config;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.gatehouse.proxy.CorsRules;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** Which other sites' scripts may read responses, and how they may ask (WHATWG Fetch, "CORS protocol"). */
public record CorsConfig(
        @JsonPropertyDescription(
                "Their origins, exactly as browsers send them (scheme, host, and port where it is not the scheme's own); or"
                        + " '*' for all, which goes without credentials and for reading only.")
        @Example("- https://portal.example.com")
        List<String> allowedOrigins,

        @JsonPropertyDescription(
                "Methods with which they may ask, besides GET and HEAD. A job is killed from its own page only, whatever"
                        + " stands here.")
        @Example("- POST")
        List<String> allowedMethods,

        @JsonPropertyDescription(
                "Fields that they may add to requests, or '*' for all but Authorization, without credentials.")
        @Example("- Authorization")
        List<String> allowedHeaders,

        @JsonPropertyDescription(
                "Fields that they may read of responses besides those that the standard lets everybody read, or '*' for all,"
                        + " without credentials.")
        @Example("- Gatehouse-Incomplete")
        List<String> exposedHeaders,

        @JsonPropertyDescription("Whether browsers may send cookies along, and show what comes back for them.")
        Boolean allowCredentials,

        @JsonPropertyDescription("How long a browser may remember the answer; browsers have limits of their own.")
        Duration maxAge) {
    /** As WHATWG URL writes origins: in lower case, without the scheme's own port, without a path. */
    private static final Pattern ORIGIN =
            Pattern.compile("(https?)://([a-z0-9]([a-z0-9.-]*[a-z0-9])?|\\[[0-9a-f:.]+])(:[1-9][0-9]{0,4})?");

    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9!#$%&'+.^_`|~-]{1,64}");
    /** Those that serve for reading, those that are answered here, and those that no script may use (Fetch, "methods"). */
    private static final Set<String> NEVER = Set.of("GET", "HEAD", "OPTIONS", "CONNECT", "TRACE", "TRACK");

    private static final String ANY = "*";

    public CorsConfig {
        allowedOrigins = List.copyOf(Checks.or(allowedOrigins, List.of()));
        allowedMethods = List.copyOf(Checks.or(allowedMethods, List.of()));
        allowedHeaders = List.copyOf(Checks.or(allowedHeaders, List.of()));
        exposedHeaders = List.copyOf(Checks.or(exposedHeaders, List.of()));
        allowCredentials = Checks.or(allowCredentials, false);
        maxAge = Checks.or(maxAge, Duration.ofMinutes(5));
        Checks checks = new Checks().atMostADay("maxAge", maxAge);
        boolean anybody = allowedOrigins.contains(ANY);
        checks.that(
                        !anybody || allowedOrigins.size() == 1,
                        "allowedOrigins",
                        "'*' stands beside others",
                        "write '*' alone, or the others")
                .that(
                        !anybody || !allowCredentials,
                        "allowCredentials",
                        "with '*' as origin every site could read what a viewer may see",
                        "name the origins, or leave it out")
                .that(
                        !anybody || allowedMethods.isEmpty(),
                        "allowedMethods",
                        "with '*' as origin every site could change something",
                        "name the origins, or leave it out");
        for (String origin : allowedOrigins) {
            checks.that(
                    origin.equals(ANY) || isOrigin(origin),
                    "allowedOrigins",
                    "'" + origin + "' is no origin as browsers send it",
                    "write scheme and host in lower case, without a path, and without the port where it is 80 of http or 443 of"
                            + " https, such as https://portal.example.com");
        }
        for (String method : allowedMethods) {
            checks.that(
                    method.matches("[A-Z]{1,24}") && !NEVER.contains(method),
                    "allowedMethods",
                    "'" + method + "' is no method that can be allowed here",
                    "write methods in capitals, such as POST, but for GET, HEAD, OPTIONS, CONNECT, TRACE and TRACK");
        }
        names("allowedHeaders", allowedHeaders, allowCredentials, checks);
        names("exposedHeaders", exposedHeaders, allowCredentials, checks);
        checks.done();
    }

    private static boolean isOrigin(String origin) {
        boolean port = origin.startsWith("https:") ? origin.endsWith(":443") : origin.endsWith(":80");
        return ORIGIN.matcher(origin).matches() && !port && origin.length() <= 255;
    }

    private static void names(String key, List<String> names, boolean credentials, Checks checks) {
        for (String name : names) {
            checks.that(
                            TOKEN.matcher(name).matches() || (name.equals(ANY) && names.size() == 1),
                            key,
                            "'" + name + "' is not the name of a field",
                            "write names of fields, or '*' alone")
                    .that(
                            !name.equals(ANY) || !credentials,
                            key,
                            "with credentials, browsers take '*' for the name of a field",
                            "write the names");
        }
    }

    /** The same for the door. */
    public CorsRules rules() {
        return CorsRules.of(allowedOrigins, allowedMethods, allowedHeaders, exposedHeaders, allowCredentials, maxAge);
    }
}
