// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.exchange;

import io.gatehouse.proxy.EjectionPolicy;
import io.gatehouse.proxy.ErrorType;
import io.gatehouse.proxy.ForwardTarget;
import io.gatehouse.proxy.Upstream;
import io.gatehouse.proxy.UpstreamGroup;
import io.gatehouse.proxy.metrics.ProxyMetrics;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which members of {@link UpstreamGroup}s have been failing. One per process, shared by all event loops; told and asked by
 * their {@link UpstreamSelector}s.
 *
 * <pre>
 *   sound ──errors in a row──► ejected ──time over, one request──► probed ──┐ fails: ejected for twice the time
 *     ▲                           ▲                                   │      │
 *     └────────── success ────────┼───────────────────────────────────┴──────┘
 * </pre>
 *
 * <p><b>Never the last.</b> A member is not ejected while all others of its group are, whatever it answers: some answer is
 * better than none, and whoever is up again is found by its probe.
 *
 * <p><b>Cost.</b> A sound upstream has no entry, so a success costs one look into a map that is empty as a rule: no
 * lock, no allocation. A probe whose end nobody reports, because its client left, holds for one delay and no longer.
 */
public final class UpstreamHealth {
    private static final Logger LOG = LoggerFactory.getLogger(UpstreamHealth.class);
    /** How much of a delay is left to chance, so that processes do not probe in step. */
    private static final double JITTER = 0.2;
    /** After which an upstream that gets no requests any more, because configuration changed, is not remembered. */
    private static final long MEMORY_NANOS = Duration.ofMinutes(10).toNanos();

    /**
     * What is known of an upstream that has failed.
     *
     * @param errors in a row
     * @param delayNanos of the present ejection; 0 while there is none
     * @param untilNanos when it may be probed; without an ejection, when it last failed
     * @param probed whether a request was let through since
     */
    private record Standing(int errors, long delayNanos, long untilNanos, boolean probed) {
        boolean isEjected() {
            return delayNanos > 0;
        }
    }

    private final ConcurrentMap<Upstream, Standing> standings = new ConcurrentHashMap<>();
    private final Supplier<EjectionPolicy> policy;
    private final ProxyMetrics metrics;
    private final LongSupplier ticker;
    private final DoubleSupplier random;

    /**
     * @param policy asked anew for each failure
     * @param ticker the monotonic clock, in nanoseconds
     * @param random from 0 to 1, for the jitter; for any thread
     */
    public UpstreamHealth(
            Supplier<EjectionPolicy> policy, ProxyMetrics metrics, LongSupplier ticker, DoubleSupplier random) {
        this.policy = policy;
        this.metrics = metrics;
        this.ticker = ticker;
        this.random = random;
        metrics.observeEjected(this::ejected);
    }

    /** Whether an error of ours says that the upstream, and not its load or its client, has failed. */
    static boolean isFault(ErrorType error) {
        return error != ErrorType.PROXY_LOOP_DETECTED && (error.status() == 502 || error.status() == 504);
    }

    /** Whether a response says that its server could not give one. */
    static boolean isGatewayError(int status) {
        return status >= 502 && status <= 504;
    }

    boolean isEjected(Upstream upstream) {
        Standing standing = standings.get(upstream);
        return standing != null && standing.isEjected();
    }

    /** When an ejected upstream may be probed, by the monotonic clock; now for any other. */
    long ejectedUntilNanos(Upstream upstream) {
        Standing standing = standings.get(upstream);
        return standing != null && standing.isEjected() ? standing.untilNanos : ticker.getAsLong();
    }

    /** Whether the caller may send one request to an ejected upstream; yes to one caller after each delay. */
    boolean takeProbe(Upstream upstream) {
        Standing standing = standings.get(upstream);
        long now = ticker.getAsLong();
        return standing != null
                && standing.isEjected()
                && now - standing.untilNanos >= 0
                && standings.replace(
                        upstream,
                        standing,
                        new Standing(standing.errors, standing.delayNanos, now + standing.delayNanos, true));
    }

    /** It gave a sound and whole response. */
    void succeeded(Upstream upstream) {
        Standing standing = standings.get(upstream);
        if (standing != null && standings.remove(upstream, standing) && standing.isEjected()) {
            LOG.atInfo().addKeyValue("upstream", upstream).log("upstream answers again; it gets requests as before");
        }
    }

    /** It gave no response, or one that says that it cannot. */
    void failed(ForwardTarget target, Upstream upstream) {
        forgetOld();
        boolean last =
                target.group().members().stream().allMatch(member -> member.equals(upstream) || isEjected(member));
        Standing before;
        Standing after;
        do {
            before = standings.get(upstream);
            after = next(before, last);
        } while (before == null
                ? standings.putIfAbsent(upstream, after) != null
                : !standings.replace(upstream, before, after));
        if (after.isEjected() && (before == null || !before.isEjected())) {
            metrics.upstreamRoute(target.route()).ejection();
            LOG.atWarn()
                    .addKeyValue("upstream", upstream)
                    .addKeyValue("errors", after.errors)
                    .addKeyValue("delay", Duration.ofNanos(after.delayNanos))
                    .log("upstream fails; the others of its group get its requests until it answers again");
        }
    }

    /** Upstreams that are ejected now; for the metrics. */
    private int ejected() {
        forgetOld();
        return (int) standings.values().stream().filter(Standing::isEjected).count();
    }

    private Standing next(@Nullable Standing before, boolean last) {
        EjectionPolicy rules = policy.get();
        long now = ticker.getAsLong();
        int errors = before == null ? 1 : before.errors + 1;
        if (before == null || !before.isEjected()) {
            boolean ejects = errors >= rules.consecutiveErrors() && !last;
            return ejects ? ejectedFor(rules.firstDelay().toNanos(), errors, now) : new Standing(errors, 0, now, false);
        }
        if (!before.probed) {
            // A request that was under way already, or the last resort of a group: no news.
            return new Standing(errors, before.delayNanos, before.untilNanos, false);
        }
        long delay = Math.min(2 * before.delayNanos, rules.maxDelay().toNanos());
        return ejectedFor(delay, errors, now);
    }

    private Standing ejectedFor(long delayNanos, int errors, long now) {
        return new Standing(errors, delayNanos, now + (long) (delayNanos * (1 - JITTER * random.getAsDouble())), false);
    }

    private void forgetOld() {
        long now = ticker.getAsLong();
        standings.values().removeIf(standing -> now - standing.untilNanos > MEMORY_NANOS);
    }
}
