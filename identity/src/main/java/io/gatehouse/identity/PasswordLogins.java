// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.identity;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.gatehouse.proxy.Principal;
import io.gatehouse.proxy.login.Login;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Logins by passwords: wrong ones are counted, right ones remembered for a minute, and of equal ones at the same time one is looked at.
 * So hundreds of calls with one password cost one question to whoever knows it. What is remembered is a keyed hash.
 *
 * <p>One of these belongs to one state of the users: when they change, another takes its place, and knows nothing.
 */
final class PasswordLogins {
    private static final Duration REMEMBERED = Duration.ofSeconds(60);
    private static final int MOST_REMEMBERED = 16_384;

    private final Function<String, @Nullable PasswordCheck> checks;
    private final Throttle throttle;
    private final SecretDigests digests;
    private final InstantSource clock;
    private final AsyncCache<Digest, Login> known;

    /**
     * @param checks who knows a user's password; null where nobody does
     * @param nanoTime a monotonic clock
     */
    PasswordLogins(
            Function<String, @Nullable PasswordCheck> checks,
            Throttle throttle,
            SecretDigests digests,
            InstantSource clock,
            LongSupplier nanoTime) {
        this.checks = checks;
        this.throttle = throttle;
        this.digests = digests;
        this.clock = clock;
        this.known = Caffeine.newBuilder()
                .maximumSize(MOST_REMEMBERED)
                .expireAfterWrite(REMEMBERED)
                .ticker(nanoTime::getAsLong)
                .executor(Runnable::run)
                .buildAsync();
    }

    /** @param password must stay as it is until the stage completes */
    CompletionStage<Login> login(String user, byte[] password, InetAddress client) {
        PasswordCheck check = checks.apply(user);
        if (check == null) {
            return CompletableFuture.completedStage(Refusals.NO_PASSWORDS);
        }
        // Some directories take an empty one for an anonymous login, and say yes.
        if (password.length == 0) {
            return CompletableFuture.completedStage(Refusals.WRONG_PASSWORD);
        }
        Digest digest = digests.of(user, password);
        CompletableFuture<Login> present = known.getIfPresent(digest);
        if (present != null) {
            if (!isOver(present)) {
                return present;
            }
            known.asMap().remove(digest, present);
        }
        return switch (throttle.begin(user, client)) {
            case Throttle.Verdict.Blocked blocked ->
                CompletableFuture.completedStage(new Login.Throttled(blocked.left()));
            case Throttle.Verdict.Allowed allowed -> attempt(check, digest, user, password, allowed);
        };
    }

    private CompletionStage<Login> attempt(
            PasswordCheck check, Digest digest, String user, byte[] password, Throttle.Verdict.Allowed allowed) {
        CompletableFuture<Login> mine = new CompletableFuture<>();
        CompletableFuture<Login> others = known.asMap().putIfAbsent(digest, mine);
        if (others != null) {
            allowed.forgive().run();
            return others;
        }
        check.check(user, password).whenComplete((login, failure) -> {
            if (!(login instanceof Login.Refused)) {
                allowed.forgive().run();
            }
            if (login instanceof Login.Granted(Principal principal, Instant until)) {
                mine.complete(new Login.Granted(principal, soonest(until)));
            } else {
                known.asMap().remove(digest, mine);
                if (failure != null) {
                    mine.completeExceptionally(failure);
                } else {
                    mine.complete(login);
                }
            }
        });
        return mine;
    }

    private Instant soonest(Instant end) {
        Instant forgotten = clock.instant().plus(REMEMBERED);
        return end.isBefore(forgotten) ? end : forgotten;
    }

    /** Whether what came of it is good no longer; false while it is under way. */
    private boolean isOver(CompletableFuture<Login> login) {
        return !login.isCompletedExceptionally()
                && login.getNow(Refusals.FAILED) instanceof Login.Granted granted
                && !clock.instant().isBefore(granted.validUntil());
    }
}
