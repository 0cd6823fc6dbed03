// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.identity;

import io.gatehouse.proxy.login.Login;

/** A token is not valid. The message is for the log at DEBUG; it names a claim, and quotes nothing of the token. */
final class TokenRefusedException extends Exception {
    private final Login.Refused refusal;

    TokenRefusedException(String message) {
        this(message, Refusals.TOKEN_REFUSED);
    }

    /** @param refusal what the user is told */
    TokenRefusedException(String message, Login.Refused refusal) {
        super(message);
        this.refusal = refusal;
    }

    Login.Refused refusal() {
        return refusal;
    }
}
