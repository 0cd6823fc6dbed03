// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.identity;

import io.gatehouse.proxy.login.Login;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Exchanges passwords for tokens at the identity provider (RFC 6749 §4.3), and believes what they say only as far as their signatures
 * hold. What the provider answers is never logged: it may hold tokens, or echo what it was sent.
 */
final class PasswordGrant implements PasswordCheck {
    /** Beyond that a provider that hangs would be asked by everybody at once. */
    private static final int MOST_AT_ONCE = 64;

    private final OidcSettings settings;
    private final OidcProvider provider;
    private final HttpFetcher fetcher;
    private final GrantAnswers answers;
    private final AtomicInteger underWay = new AtomicInteger();

    PasswordGrant(OidcSettings settings, OidcProvider provider, HttpFetcher fetcher, TokenChecks checks) {
        this.settings = settings;
        this.provider = provider;
        this.fetcher = fetcher;
        this.answers = new GrantAnswers(
                checks, Audience.ofOwnRequests(settings), new Outage("tokens of " + settings.issuer()));
    }

    @Override
    public CompletionStage<Login> check(String user, byte[] password) {
        if (underWay.incrementAndGet() > MOST_AT_ONCE) {
            underWay.decrementAndGet();
            return CompletableFuture.completedStage(GrantAnswers.A_MOMENT);
        }
        return provider.metadata()
                .thenCompose(known -> known.map(metadata -> ask(metadata, user, password))
                        .orElseGet(() -> CompletableFuture.completedStage(Refusals.NO_ANSWER)))
                .whenComplete((login, failure) -> underWay.decrementAndGet());
    }

    private CompletionStage<Login> ask(ProviderMetadata metadata, String user, byte[] password) {
        URI tokens = metadata.tokens();
        if (tokens == null) {
            return CompletableFuture.completedStage(answers.notPossible("it has no token endpoint"));
        }
        Supplier<String> source = settings.clientSecret();
        String secret = source == null ? null : source.get();
        byte[] form = form(metadata, user, password, secret);
        String authorization = secret == null || metadata.secretInForm() ? null : basic(secret);
        return fetcher.fetch(new HttpFetcher.Request(tokens, authorization, form))
                .whenComplete((answer, failure) -> Arrays.fill(form, (byte) 0))
                .handle((answer, failure) -> answer == null
                        ? CompletableFuture.<Login>completedStage(answers.none(failure))
                        : answers.read(answer))
                .thenCompose(login -> login);
    }

    private byte[] form(ProviderMetadata metadata, String user, byte[] password, @Nullable String secret) {
        PasswordForm form = new PasswordForm()
                .add("grant_type", "password")
                .add("scope", String.join(" ", settings.scopes()))
                .add("username", user)
                .add("password", password);
        if (secret == null || metadata.secretInForm()) {
            form.add("client_id", settings.clientId());
        }
        if (secret != null && metadata.secretInForm()) {
            form.add("client_secret", secret);
        }
        return form.take();
    }

    /** Id and secret are encoded as in a form first (RFC 6749 §2.3.1). */
    private String basic(String secret) {
        String pair = URLEncoder.encode(settings.clientId(), StandardCharsets.UTF_8)
                + ":"
                + URLEncoder.encode(secret, StandardCharsets.UTF_8);
        return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.US_ASCII));
    }
}
