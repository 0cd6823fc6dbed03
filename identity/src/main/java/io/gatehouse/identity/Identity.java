// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.identity;

import io.gatehouse.proxy.login.Credential;
import io.gatehouse.proxy.login.Login;
import io.gatehouse.proxy.login.Logins;
import java.net.InetAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The composition root of logins: start here. Made once by the launcher; users and API keys may be reloaded, for another provider another
 * one of these is made.
 */
public final class Identity implements Logins {
    private static final Logger LOG = LoggerFactory.getLogger(Identity.class);
    private static final Duration PROVIDER_DEADLINE = Duration.ofSeconds(10);

    private final InstantSource clock;
    private final LongSupplier nanoTime;
    private final SecretDigests digests = new SecretDigests(new SecureRandom());
    private final Throttle throttle;
    private final BoundedWork hashing;
    private final BoundedWork verifying;
    private final @Nullable TrustingLogins trusting;
    private final @Nullable HttpFetcher fetcher;
    private final @Nullable TokenLogins tokens;
    private final @Nullable PasswordCheck grant;
    private final AtomicLong version = new AtomicLong();
    private volatile LoginRouter router;
    private volatile boolean closed;

    /**
     * Opens it, and has the provider's keys fetched meanwhile.
     *
     * @param nanoTime a monotonic clock, {@code System::nanoTime}
     * @throws IdentityFileException if users or keys cannot be read
     * @throws IllegalArgumentException if the provider's certificates cannot
     */
    public static Identity open(IdentitySettings settings, InstantSource clock, LongSupplier nanoTime)
            throws IdentityFileException {
        return new Identity(settings, clock, nanoTime, Identity::fetcher);
    }

    private static HttpFetcher fetcher(OidcSettings oidc) {
        return new JdkHttpFetcher(
                oidc.caPem() == null ? null : TrustedCertificates.context(oidc.caPem()), PROVIDER_DEADLINE);
    }

    Identity(
            IdentitySettings settings,
            InstantSource clock,
            LongSupplier nanoTime,
            Function<OidcSettings, HttpFetcher> fetchers)
            throws IdentityFileException {
        this.clock = clock;
        this.nanoTime = nanoTime;
        this.throttle = new Throttle(nanoTime);
        int threads = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
        // A quarter of a second each, so that those at the end of the queue wait for about four.
        this.hashing = new BoundedWork("gatehouse-passwords", threads, 16 * threads);
        this.verifying = new BoundedWork("gatehouse-tokens", threads, 1024);
        OidcSettings oidc = settings.oidc();
        SkipValidation skip = settings.skipValidation();
        this.trusting = skip == null
                ? null
                : new TrustingLogins(
                        skip,
                        oidc == null
                                ? new TokenClaims(OidcSettings.DEFAULT_USER_CLAIM, OidcSettings.DEFAULT_GROUPS_CLAIM)
                                : oidc.claims(),
                        clock);
        if (oidc == null || trusting != null) {
            this.fetcher = null;
            this.tokens = null;
            this.grant = null;
        } else {
            this.fetcher = fetchers.apply(oidc);
            OidcProvider provider = new OidcProvider(oidc.issuer(), fetcher, nanoTime);
            TokenVerifier verifier = new TokenVerifier(oidc.issuer().toString(), oidc.claims(), oidc.clockSkew());
            TokenChecks checks = new TokenChecks(provider, verifier, verifying, clock);
            this.tokens = new TokenLogins(checks, provider, Audience.ofClients(oidc), digests, clock);
            this.grant = oidc.passwords() ? new PasswordGrant(oidc, provider, fetcher, checks) : null;
            provider.refreshKeys();
        }
        this.router = router(settings.users(), settings.apiKeys());
    }

    /**
     * Takes other users and keys, when their files have changed. What was granted by a password before is asked for again.
     *
     * @throws IdentityFileException if either cannot be read; then nothing changes
     */
    public void reload(@Nullable String users, @Nullable String apiKeys) throws IdentityFileException {
        prepare(users, apiKeys).run();
    }

    /**
     * The same in two steps: reads all, and changes nothing before what it returns is run.
     *
     * @throws IdentityFileException if either cannot be read
     */
    public Runnable prepare(@Nullable String users, @Nullable String apiKeys) throws IdentityFileException {
        LoginRouter next = router(users, apiKeys);
        return () -> {
            router = next;
            version.incrementAndGet();
        };
    }

    private LoginRouter router(@Nullable String users, @Nullable String apiKeys) throws IdentityFileException {
        UsersFile file = users == null ? null : UsersFile.parse(users);
        PasswordCheck byFile = file == null
                ? null
                : (user, password) -> hashing.submit(
                        () -> file.verify(user, password)
                                .<Login>map(principal -> new Login.Granted(principal, Instant.MAX))
                                .orElse(Refusals.WRONG_PASSWORD),
                        GrantAnswers.A_MOMENT);
        PasswordLogins passwords = new PasswordLogins(
                user -> grant == null || (file != null && file.knows(user)) ? byFile : grant,
                throttle,
                digests,
                clock,
                nanoTime);
        return new LoginRouter(apiKeys == null ? ApiKeys.NONE : ApiKeys.parse(apiKeys), tokens, passwords, clock);
    }

    @Override
    public CompletionStage<Login> login(Credential credential, InetAddress client) {
        return begin(credential, client).handle((login, failure) -> {
            if (credential instanceof Credential.Password password) {
                Arrays.fill(password.password(), (byte) 0);
            }
            if (failure != null) {
                LOG.atError().setCause(Faults.withoutMessage(failure)).log("a login could not be checked");
                return Refusals.FAILED;
            }
            return login;
        });
    }

    private CompletionStage<Login> begin(Credential credential, InetAddress client) {
        if (closed) {
            return CompletableFuture.completedStage(Refusals.CLOSED);
        }
        try {
            return trusting != null ? trusting.login(credential, client) : router.login(credential, client);
        } catch (RuntimeException e) {
            return CompletableFuture.failedStage(e);
        }
    }

    @Override
    public long version() {
        return version.get();
    }

    @Override
    public void close() {
        closed = true;
        if (fetcher != null) {
            fetcher.close();
        }
        hashing.close();
        verifying.close();
    }
}
