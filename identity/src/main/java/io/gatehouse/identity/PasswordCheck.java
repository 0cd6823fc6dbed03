// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.identity;

import io.gatehouse.proxy.login.Login;
import java.util.concurrent.CompletionStage;

/** Port: says whether a password is right. Neither throttled nor remembered; {@link PasswordLogins} does that. */
@FunctionalInterface
interface PasswordCheck {
    /**
     * Never blocks.
     *
     * @param password not empty; read only until the stage completes
     */
    CompletionStage<Login> check(String user, byte[] password);
}
