// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.identity;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An identity provider that speaks OpenID Connect, as plain values; the configuration makes it.
 *
 * @param issuer what the provider calls itself, exactly as in {@code iss}; the discovery document is below it
 * @param clientId Gatehouse's own
 * @param clientSecret asked for whenever one is needed, since it may change, and on any thread, so that it must be at hand; null for a public
 *     client
 * @param passwords whether user names and passwords are exchanged for tokens (RFC 6749 §4.3)
 * @param scopes asked for with passwords
 * @param audiences one of which {@code aud} of a token must name; none: {@code aud} or {@code azp} must be the client id
 * @param userClaim {@code preferred_username}, …
 * @param groupsClaim {@code groups}, or a path with dots, {@code realm_access.roles}
 * @param clockSkew how far the provider's clock may be off
 * @param caPem certificates to trust instead of Java's own; null for those
 */
public record OidcSettings(
        URI issuer,
        String clientId,
        @Nullable Supplier<String> clientSecret,
        boolean passwords,
        List<String> scopes,
        Set<String> audiences,
        String userClaim,
        String groupsClaim,
        Duration clockSkew,
        @Nullable String caPem) {
    public static final String DEFAULT_USER_CLAIM = "preferred_username";
    public static final String DEFAULT_GROUPS_CLAIM = "groups";
    public static final Duration DEFAULT_CLOCK_SKEW = Duration.ofSeconds(30);
    public static final List<String> DEFAULT_SCOPES = List.of("openid", "profile");

    private static final Duration LARGEST_SKEW = Duration.ofMinutes(10);

    public OidcSettings {
        String scheme = Objects.requireNonNullElse(issuer.getScheme(), "");
        if (!(scheme.equals("https") || scheme.equals("http"))
                || issuer.getHost() == null
                || issuer.getRawQuery() != null
                || issuer.getRawFragment() != null
                || issuer.getRawUserInfo() != null) {
            throw new IllegalArgumentException("the issuer is no URL of http or https without query and fragment");
        }
        if (clientId.isBlank() || userClaim.isBlank() || groupsClaim.isBlank()) {
            throw new IllegalArgumentException("client id, user claim and groups claim must not be empty");
        }
        if (clockSkew.isNegative() || clockSkew.compareTo(LARGEST_SKEW) > 0) {
            throw new IllegalArgumentException("the clock skew must be 0 to 10 minutes");
        }
        scopes = List.copyOf(scopes);
        audiences = Set.copyOf(audiences);
    }

    /** With the defaults, and without a secret. */
    public static OidcSettings of(URI issuer, String clientId) {
        return new OidcSettings(
                issuer,
                clientId,
                null,
                true,
                DEFAULT_SCOPES,
                Set.of(),
                DEFAULT_USER_CLAIM,
                DEFAULT_GROUPS_CLAIM,
                DEFAULT_CLOCK_SKEW,
                null);
    }

    TokenClaims claims() {
        return new TokenClaims(userClaim, groupsClaim);
    }

    @Override
    public String toString() {
        return "OidcSettings[" + issuer + ", " + clientId + "]";
    }
}
