// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.session.connect;

import io.gatehouse.proxy.Principal;
import io.gatehouse.proxy.login.Credential;
import io.gatehouse.proxy.login.Login;
import io.gatehouse.proxy.login.Logins;
import io.gatehouse.session.SteppedClock;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Takes tokens and passwords that equal the user's name, and names without proof; counts the questions. */
final class FakeLogins implements Logins {
    static final Duration VALID = Duration.ofMinutes(5);

    private final SteppedClock clock;
    private final Map<String, Principal> users = new HashMap<>();
    private @Nullable CompletableFuture<Login> pending;
    private @Nullable Login answer;
    private int asked;
    private long version;

    FakeLogins(SteppedClock clock) {
        this.clock = clock;
    }

    void add(Principal user) {
        users.put(user.name(), user);
    }

    /** From now on everybody is told that. */
    void say(Login login) {
        answer = login;
    }

    /** The next question waits for the future that is given. */
    CompletableFuture<Login> hold() {
        CompletableFuture<Login> held = new CompletableFuture<>();
        pending = held;
        return held;
    }

    void reload() {
        version++;
    }

    int asked() {
        return asked;
    }

    Login grant(String user) {
        return new Login.Granted(
                users.getOrDefault(user, new Principal(user)), clock.instant().plus(VALID));
    }

    @Override
    public CompletionStage<Login> login(Credential credential, InetAddress client) {
        asked++;
        CompletableFuture<Login> held = pending;
        if (held != null) {
            pending = null;
            return held;
        }
        if (answer != null) {
            return CompletableFuture.completedFuture(answer);
        }
        return CompletableFuture.completedFuture(
                switch (credential) {
                    case Credential.Bearer(String token) -> grant(token);
                    case Credential.Name(String user) ->
                        user.isEmpty() ? new Login.Refused("There is no name.") : grant(user);
                    case Credential.Password(String user, byte[] password) ->
                        new String(password, StandardCharsets.UTF_8).equals(user)
                                ? grant(user)
                                : new Login.Refused("The password is wrong.");
                });
    }

    @Override
    public long version() {
        return version;
    }

    @Override
    public void close() {}
}
