// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.proxy.Principal;
import io.gatehouse.proxy.login.Credential;
import io.gatehouse.proxy.login.Login;
import io.gatehouse.proxy.login.Logins;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/** What tests of logins share. */
final class LoginsKit {
    static final InetAddress CLIENT = address("192.0.2.7");

    private LoginsKit() {}

    static InetAddress address(String text) {
        try {
            return InetAddress.getByName(text);
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    static OidcSettings oidc() {
        return OidcSettings.of(FakeProvider.ISSUER, FakeProvider.CLIENT);
    }

    static OidcSettings oidcOf(URI issuer, Set<String> audiences, String user, String groups) {
        return new OidcSettings(
                issuer,
                FakeProvider.CLIENT,
                () -> "s3cret",
                true,
                List.of("openid"),
                audiences,
                user,
                groups,
                Duration.ofSeconds(30),
                null);
    }

    static Identity open(FakeProvider provider, OidcSettings oidc) {
        return open(provider, new IdentitySettings(oidc, null, null, null));
    }

    static Identity open(FakeProvider provider, IdentitySettings settings) {
        try {
            return new Identity(settings, provider.time, provider.time::nanos, ignored -> provider);
        } catch (IdentityFileException e) {
            throw new AssertionError(e);
        }
    }

    static Login result(CompletionStage<Login> login) {
        return login.toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
    }

    static Login bearer(Logins logins, String token) {
        return result(logins.login(new Credential.Bearer(token), CLIENT));
    }

    static Login password(Logins logins, String user, String password) {
        return result(logins.login(new Credential.Password(user, password.getBytes(StandardCharsets.UTF_8)), CLIENT));
    }

    static Principal granted(Login login) {
        assertThat(login).isInstanceOf(Login.Granted.class);
        return ((Login.Granted) login).principal();
    }
}
