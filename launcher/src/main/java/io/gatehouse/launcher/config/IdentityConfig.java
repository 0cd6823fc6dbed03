// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.config;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Who is calling.
 *
 * @param oidc null without a provider
 * @param usersFile null where there is none
 * @param apiKeysFile null where there is none
 */
public record IdentityConfig(
        @JsonPropertyDescription("A provider of OpenID Connect, whose tokens count.") @Nullable
        OidcConfig oidc,

        @JsonPropertyDescription(
                "File with a line user:bcrypt-hash[:group,group] for each user, as htpasswd -B writes it (gatehouse"
                        + " hash-password); read again when it changes.")
        @Example("/etc/gatehouse/users")
        @Nullable
        Path usersFile,

        @JsonPropertyDescription(
                "File with a line name:sha256-of-the-key[:group,group] for each API key (gatehouse new-api-key); read again when it"
                        + " changes.")
        @Example("/etc/gatehouse/api-keys")
        @Nullable
        Path apiKeysFile,

        @JsonPropertyDescription(
                "Whether everybody is who he says he is: no password and no token is looked at. For doors on a loopback address.")
        Boolean skipValidation,

        @JsonPropertyDescription(
                "Whether skipValidation holds at doors that other machines reach, so that anybody there may be anybody.")
        Boolean skipValidationForOtherMachines) {

    public IdentityConfig {
        skipValidation = Checks.or(skipValidation, false);
        skipValidationForOtherMachines = Checks.or(skipValidationForOtherMachines, false);
        new Checks()
                .that(
                        !skipValidationForOtherMachines || skipValidation,
                        "skipValidationForOtherMachines",
                        "it has no effect, because skipValidation is false",
                        "leave it out")
                .that(
                        !skipValidation || (oidc == null && usersFile == null && apiKeysFile == null),
                        "skipValidation",
                        "nobody is asked for a password or a token, so oidc, usersFile and apiKeysFile have no effect",
                        "leave it out, or leave them out")
                .done();
    }

    /** Whether there is no way to say who somebody is. */
    boolean knowsNobody() {
        return oidc == null && usersFile == null && apiKeysFile == null;
    }
}
