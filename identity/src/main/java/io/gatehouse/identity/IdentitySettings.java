// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.identity;

import org.jspecify.annotations.Nullable;

/**
 * Who is let in, as plain values; the configuration makes it. At least one is there. Where several are: an API key is one, a JWT goes to
 * the provider, a password to the users file if that knows the user, else to the provider.
 *
 * @param oidc an identity provider
 * @param users the content of a file of users ({@code user:bcrypt[:group,group]} per line)
 * @param apiKeys the content of a file of keys ({@code name:sha256[:group,group]} per line)
 * @param skipValidation takes everybody at his word; then nothing else is asked, and of {@code oidc} only the claims count
 */
public record IdentitySettings(
        @Nullable OidcSettings oidc,
        @Nullable String users,
        @Nullable String apiKeys,
        @Nullable SkipValidation skipValidation) {
    public IdentitySettings {
        if (oidc == null && users == null && apiKeys == null && skipValidation == null) {
            throw new IllegalArgumentException("nobody could log in: there is no provider, no users and no API keys");
        }
    }

    @Override
    public String toString() {
        return "IdentitySettings[oidc=" + oidc + ", users=" + (users != null) + ", apiKeys=" + (apiKeys != null)
                + ", skipValidation=" + skipValidation + "]";
    }
}
