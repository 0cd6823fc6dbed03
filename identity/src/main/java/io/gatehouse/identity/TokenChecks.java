// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.identity;

import io.gatehouse.proxy.login.Login;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Verifies tokens with the provider's keys, which it has fetched anew where they are old, or a token names one that is not known. */
final class TokenChecks {
    private static final Logger LOG = LoggerFactory.getLogger(TokenChecks.class);
    private static final Duration A_SECOND = Duration.ofSeconds(1);
    /** Tokens that wait for keys; while the provider hangs they would otherwise pile up. */
    private static final int MOST_WAITING = 1024;

    private final OidcProvider provider;
    private final TokenVerifier verifier;
    private final BoundedWork work;
    private final InstantSource clock;
    private final AtomicInteger waiting = new AtomicInteger();

    TokenChecks(OidcProvider provider, TokenVerifier verifier, BoundedWork work, InstantSource clock) {
        this.provider = provider;
        this.verifier = verifier;
        this.work = work;
        this.clock = clock;
    }

    /** What came of a token. */
    sealed interface Checked {
        record Valid(VerifiedToken token) implements Checked {}

        /**
         * It is not valid, or nobody can say.
         *
         * @param reason for the log of an administrator
         */
        record Failed(Login login, String reason) implements Checked {}
    }

    /** To whom no room is left. */
    static final Login COME_AGAIN = new Login.Throttled(A_SECOND);

    private static final Checked NO_ROOM = new Checked.Failed(COME_AGAIN, "too many tokens at once");

    /** Never blocks; the caller's thread verifies nothing itself. */
    CompletionStage<Checked> check(String token, Audience audience) {
        return after(
                provider.newestKeys(),
                NO_ROOM,
                () -> work.submit(() -> attempt(token, audience), Optional.of(NO_ROOM))
                        .thenCompose(first -> first.isPresent()
                                ? CompletableFuture.completedStage(first.get())
                                : withNewKeys(token, audience)));
    }

    private CompletionStage<Checked> withNewKeys(String token, Audience audience) {
        return after(
                provider.refreshKeys(),
                NO_ROOM,
                () -> work.submit(() -> attempt(token, audience), Optional.of(NO_ROOM))
                        .thenApply(second -> second.orElseGet(this::withoutKey)));
    }

    /**
     * What follows once keys are there; at once, on the caller's thread, where they are.
     *
     * @param noRoom what follows where too many wait for them already
     */
    <T> CompletionStage<T> after(CompletionStage<Void> keys, T noRoom, Supplier<CompletionStage<T>> next) {
        if (keys.toCompletableFuture().isDone()) {
            return next.get();
        }
        if (waiting.incrementAndGet() > MOST_WAITING) {
            waiting.decrementAndGet();
            return CompletableFuture.completedStage(noRoom);
        }
        return keys.whenComplete((done, failure) -> waiting.decrementAndGet()).thenCompose(done -> next.get());
    }

    /** Of a token whose key the provider does not have; or has, and cannot be asked. */
    private Checked withoutKey() {
        return provider.keys() == null
                ? new Checked.Failed(Refusals.NO_ANSWER, "no keys are known")
                : new Checked.Failed(Refusals.TOKEN_REFUSED, "unknown kid");
    }

    /** Empty where the key is not known. */
    private Optional<Checked> attempt(String token, Audience audience) {
        KeySet keys = provider.keys();
        if (keys == null) {
            return Optional.empty();
        }
        try {
            VerifiedToken verified = verifier.verify(token, keys, audience, clock.instant());
            return verified == null ? Optional.empty() : Optional.of(new Checked.Valid(verified));
        } catch (TokenRefusedException e) {
            LOG.atDebug().addKeyValue("reason", e.getMessage()).log("a token is refused");
            return Optional.of(new Checked.Failed(e.refusal(), String.valueOf(e.getMessage())));
        } catch (RuntimeException e) {
            LOG.atDebug().setCause(Faults.withoutMessage(e)).log("a token cannot be read");
            return Optional.of(new Checked.Failed(Refusals.TOKEN_REFUSED, "cannot be read"));
        }
    }
}
