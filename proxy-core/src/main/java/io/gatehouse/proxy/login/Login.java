// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.login;

import io.gatehouse.proxy.Principal;
import java.time.Duration;
import java.time.Instant;

/** What came of a login. The problems are sentences for the user: they name the remedy, no address and no secret. */
public sealed interface Login {
    /**
     * It is that user.
     *
     * @param validUntil until when the same credential may be taken for the same user without another question
     */
    record Granted(Principal principal, Instant validUntil) implements Login {}

    /** The credential is not valid. */
    record Refused(String problem) implements Login {}

    /** Too many were wrong, or too many are being looked at; that credential was not. */
    record Throttled(Duration retryAfter) implements Login {}

    /** Whoever knows does not answer. */
    record Unavailable(String problem) implements Login {}
}
