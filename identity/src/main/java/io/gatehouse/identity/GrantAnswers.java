// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.identity;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.gatehouse.proxy.Principal;
import io.gatehouse.proxy.login.Login;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Reads what a token endpoint answers (RFC 6749 §5). */
final class GrantAnswers {
    static final Login A_MOMENT = new Login.Throttled(Duration.ofSeconds(1));

    private static final Duration BUSY = Duration.ofSeconds(30);
    private static final JsonMapper JSON = new JsonMapper();
    /** Those of §5.2 that are about Gatehouse, not about the user. */
    private static final Set<String> ABOUT_THE_CLIENT = Set.of(
            "invalid_client", "unauthorized_client", "unsupported_grant_type", "invalid_scope", "invalid_request");

    private final TokenChecks checks;
    private final Audience audience;
    private final Outage outage;

    GrantAnswers(TokenChecks checks, Audience audience, Outage outage) {
        this.checks = checks;
        this.audience = audience;
        this.outage = outage;
    }

    /** What follows from an answer. */
    CompletionStage<Login> read(HttpFetcher.Answer answer) {
        return switch (answer.status()) {
            case 200 -> tokens(answer.body());
            case 400, 401 -> CompletableFuture.completedStage(error(answer));
            case 429 ->
                CompletableFuture.completedStage(
                        new Login.Throttled(Objects.requireNonNullElse(answer.retryAfter(), BUSY)));
            default -> CompletableFuture.completedStage(unclear("status " + answer.status()));
        };
    }

    /** What follows from none. */
    Login none(@Nullable Throwable failure) {
        return unclear(failure == null ? "no answer" : failure.getClass().getSimpleName());
    }

    /** That the provider, or how Gatehouse is registered there, does not allow it. */
    Login notPossible(String problem) {
        outage.began(problem);
        return Refusals.CLIENT_REFUSED;
    }

    private Login unclear(String problem) {
        outage.began(problem);
        return Refusals.NO_ANSWER;
    }

    /** Keycloak says 400 {@code invalid_grant} to a wrong password, dex 401 {@code access_denied}. */
    private Login error(HttpFetcher.Answer answer) {
        String code = json(answer.body()).path("error").asText();
        if (ABOUT_THE_CLIENT.contains(code)) {
            return notPossible(code);
        }
        if (answer.status() == 400 && !code.equals("invalid_grant")) {
            return unclear("status 400 without a known error");
        }
        outage.ended();
        return Refusals.WRONG_PASSWORD;
    }

    /** The id token says who; where it knows no groups, the access token may, as Keycloak's does of roles. */
    private CompletionStage<Login> tokens(byte[] body) {
        JsonNode answer = json(body);
        String id = answer.path("id_token").textValue();
        String access = answer.path("access_token").textValue();
        if (id == null && access == null) {
            return CompletableFuture.completedStage(unclear("status 200 without a token"));
        }
        if (id == null || access == null) {
            return checks.check(id == null ? access : id, audience).thenApply(this::login);
        }
        return checks.check(id, audience)
                .thenCompose(first -> needsGroups(first)
                        ? checks.check(access, audience).thenApply(second -> login(withGroups(first, second)))
                        : CompletableFuture.completedStage(login(first)));
    }

    private static boolean needsGroups(TokenChecks.Checked checked) {
        return checked instanceof TokenChecks.Checked.Valid(VerifiedToken token)
                && token.principal().groups().isEmpty();
    }

    private static TokenChecks.Checked withGroups(TokenChecks.Checked id, TokenChecks.Checked access) {
        return id instanceof TokenChecks.Checked.Valid(VerifiedToken token)
                        && access instanceof TokenChecks.Checked.Valid(VerifiedToken other)
                        && other.principal().name().equals(token.principal().name())
                ? new TokenChecks.Checked.Valid(new VerifiedToken(
                        new Principal(
                                token.principal().name(), other.principal().groups()),
                        token.expires(),
                        token.key()))
                : id;
    }

    private Login login(TokenChecks.Checked checked) {
        return switch (checked) {
            case TokenChecks.Checked.Valid(VerifiedToken token) -> {
                outage.ended();
                yield new Login.Granted(token.principal(), token.expires());
            }
            case TokenChecks.Checked.Failed(Login login, String reason) -> {
                // The provider's own answer: how Gatehouse is set up does not fit it.
                outage.began("its token is refused: " + reason);
                yield login;
            }
        };
    }

    /** Anything that is no JSON has no fields. */
    private static JsonNode json(byte[] body) {
        try {
            return JSON.readTree(body);
        } catch (IOException notJson) {
            return JSON.createObjectNode();
        }
    }
}
