// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.identity;

import io.gatehouse.proxy.Principal;
import java.time.Duration;
import java.time.Instant;

/** What came of a {@link Credential}. */
public sealed interface Login {
    /**
     * The caller is {@code principal}.
     *
     * @param validUntil until then the same credential need not be shown again, as long as {@link Logins#version} stays: never longer
     *     than 60 seconds for a password, never beyond the end of a token
     */
    record Granted(Principal principal, Instant validUntil) implements Login {}

    /**
     * It proves nothing. To a gRPC client UNAUTHENTICATED, 401 over HTTP.
     *
     * @param problem a sentence for the user that names the remedy; the same for an unknown user and a wrong password
     */
    record Refused(String problem) implements Login {}

    /** It was not looked at: too many wrong ones before, or too many at once. RESOURCE_EXHAUSTED, 429. */
    record Throttled(Duration retryAfter) implements Login {}

    /**
     * Nobody can say: the identity provider does not answer, and nothing is known from before. UNAVAILABLE, 503.
     *
     * @param problem a sentence for the user
     */
    record Unavailable(String problem) implements Login {}
}
