// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.config;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A provider of OpenID Connect.
 *
 * @param clientSecretFile null for a public client
 * @param caFile null for the CAs of the Java VM
 */
public record OidcConfig(
        @JsonProperty(required = true)
        @JsonPropertyDescription(
                "The issuer, exactly as it stands in tokens; the rest is found below it (OpenID Connect Discovery).")
        @Example("https://keycloak.example.com/realms/spark")
        String issuer,

        @JsonProperty(required = true)
        @JsonPropertyDescription("The client that Gatehouse is to the provider.")
        @Example("gatehouse")
        String clientId,

        @JsonPropertyDescription("File with that client's secret; read again when it changes.")
        @Example("/etc/gatehouse/oidc/client-secret")
        @Nullable
        Path clientSecretFile,

        @JsonPropertyDescription(
                "Audiences of which a token must have one; where there are none, aud or azp must be clientId.")
        @Example("- spark")
        List<String> audiences,

        @JsonPropertyDescription("The claim with the user's name.")
        String userClaim,

        @JsonPropertyDescription("The claim with the user's groups; dots lead into objects, as in realm_access.roles.")
        String groupsClaim,

        @JsonPropertyDescription("How much the provider's clock may differ from ours.")
        Duration clockSkew,

        @JsonPropertyDescription(
                "Whether user and password are exchanged for a token at the provider (the password grant), for clients that know no"
                        + " tokens.")
        Boolean passwordGrant,

        @JsonPropertyDescription("PEM file with the CAs of the provider's certificate.")
        @Example("/etc/gatehouse/oidc/ca.crt")
        @Nullable
        Path caFile) {

    public OidcConfig {
        audiences = List.copyOf(Checks.or(audiences, List.of()));
        userClaim = Checks.or(userClaim, "preferred_username");
        groupsClaim = Checks.or(groupsClaim, "groups");
        clockSkew = Checks.or(clockSkew, Duration.ofSeconds(30));
        passwordGrant = Checks.or(passwordGrant, true);
        new Checks()
                .that(
                        issuer == null || isIssuer(issuer),
                        "issuer",
                        "'" + issuer + "' is no issuer",
                        "write https://host/path as it stands in the tokens; http only for a loopback address")
                .that(
                        clockSkew.compareTo(Duration.ofMinutes(5)) <= 0 && !clockSkew.isNegative(),
                        "clockSkew",
                        Durations.print(clockSkew) + " is no difference between clocks",
                        "write 5m or less")
                .done();
    }

    /** Over plain HTTP anybody on the way could write the keys that tokens are checked with. */
    private static boolean isIssuer(String text) {
        try {
            HttpUrl url = HttpUrl.parse(text);
            return url.secure()
                    || url.host().equals("localhost")
                    || url.host().startsWith("127.")
                    || url.host().equals("::1");
        } catch (InvalidValueException e) {
            return false;
        }
    }
}
