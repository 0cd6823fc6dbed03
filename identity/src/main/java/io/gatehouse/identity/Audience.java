// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.identity;

import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * For whom a token must have been issued, so that one for another application of the same provider is worth nothing here.
 *
 * @param audiences one of which {@code aud} must name
 * @param party the client that {@code azp} may name instead; null where only {@code aud} counts
 */
record Audience(Set<String> audiences, @Nullable String party) {
    Audience {
        audiences = Set.copyOf(audiences);
    }

    /** Of tokens that clients bring: the configured ones; where there are none, {@code aud} or {@code azp} must be the client. */
    static Audience ofClients(OidcSettings settings) {
        return settings.audiences().isEmpty()
                ? new Audience(Set.of(settings.clientId()), settings.clientId())
                : new Audience(settings.audiences(), null);
    }

    /** Of tokens that Gatehouse asked for itself, with its own client id. */
    static Audience ofOwnRequests(OidcSettings settings) {
        return new Audience(Set.of(settings.clientId()), settings.clientId());
    }

    boolean holds(List<String> named, @Nullable String authorizedParty) {
        return !Collections.disjoint(audiences, named) || (party != null && party.equals(authorizedParty));
    }
}
