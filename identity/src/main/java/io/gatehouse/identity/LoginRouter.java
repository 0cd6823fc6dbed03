// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.identity;

import io.gatehouse.proxy.login.Credential;
import io.gatehouse.proxy.login.Credentials;
import io.gatehouse.proxy.login.Login;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Brings a credential to whoever can judge it, by its form alone. Immutable; a reload makes another. */
final class LoginRouter {
    /** After that a key that was taken out of the file is asked for again. */
    private static final Duration KEY_VALID_FOR = Duration.ofMinutes(1);

    private final ApiKeys keys;
    private final @Nullable TokenLogins tokens;
    private final PasswordLogins passwords;
    private final InstantSource clock;

    LoginRouter(ApiKeys keys, @Nullable TokenLogins tokens, PasswordLogins passwords, InstantSource clock) {
        this.keys = keys;
        this.tokens = tokens;
        this.passwords = passwords;
        this.clock = clock;
    }

    CompletionStage<Login> login(Credential credential, InetAddress client) {
        return switch (credential) {
            case Credential.Name name -> CompletableFuture.completedStage(Refusals.NAME_ONLY);
            case Credential.Password password -> passwords.login(password.user(), password.password(), client);
            case Credential.Bearer bearer -> bearer(bearer.token(), client);
        };
    }

    private CompletionStage<Login> bearer(String token, InetAddress client) {
        Optional<Login> byKey = keys.owner(token)
                .map(owner -> new Login.Granted(owner, clock.instant().plus(KEY_VALID_FOR)));
        if (byKey.isPresent()) {
            return CompletableFuture.completedStage(byKey.get());
        }
        if (looksLikeJwt(token)) {
            return tokens == null ? CompletableFuture.completedStage(Refusals.NO_TOKENS) : tokens.login(token);
        }
        Optional<Credential.Password> decoded = Credentials.userAndPassword(token);
        if (decoded.isEmpty()) {
            return CompletableFuture.completedStage(Refusals.UNKNOWN_BEARER);
        }
        byte[] password = decoded.get().password();
        return passwords
                .login(decoded.get().user(), password, client)
                .whenComplete((login, failure) -> Arrays.fill(password, (byte) 0));
    }

    /** Three parts, of which the first is JSON in base64url. No base64 has dots. */
    static boolean looksLikeJwt(String token) {
        int first = token.indexOf('.');
        int second = token.indexOf('.', first + 1);
        if (first <= 0 || second < 0 || token.indexOf('.', second + 1) >= 0) {
            return false;
        }
        try {
            byte[] header = Base64.getUrlDecoder().decode(token.substring(0, first));
            return new String(header, StandardCharsets.UTF_8).stripLeading().startsWith("{");
        } catch (IllegalArgumentException notBase64) {
            return false;
        }
    }
}
