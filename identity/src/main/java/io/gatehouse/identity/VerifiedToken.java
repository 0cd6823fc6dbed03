// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.identity;

import io.gatehouse.proxy.Principal;
import java.time.Instant;

/**
 * A token that was found valid.
 *
 * @param expires its {@code exp}
 * @param key that signed it: once the provider has withdrawn it, the token is worth nothing
 */
record VerifiedToken(Principal principal, Instant expires, VerificationKey key) {}
