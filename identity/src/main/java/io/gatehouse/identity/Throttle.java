// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.identity;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * At most ten wrong passwords in any minute for each user and address. An attempt is counted when it begins and forgiven when it was
 * right, so that many at once are no way around. Remembers the {@value #SUBJECTS} latest pairs.
 *
 * <p>Names count without regard to case, as many providers take them so; an IPv6 client is its /64, as it has all of that.
 */
final class Throttle {
    static final int WRONG_ATTEMPTS = 10;
    static final Duration WINDOW = Duration.ofMinutes(1);
    private static final int SUBJECTS = 65_536;

    private final LongSupplier nanoTime;
    private final Cache<Subject, Attempts> subjects;

    Throttle(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        subjects = Caffeine.newBuilder()
                .maximumSize(SUBJECTS)
                .expireAfterAccess(WINDOW)
                .ticker(nanoTime::getAsLong)
                .executor(Runnable::run)
                .build();
    }

    /** Called before a password is looked at. */
    Verdict begin(String user, InetAddress client) {
        return subjects.get(new Subject(user.toLowerCase(Locale.ROOT), network(client)), subject -> new Attempts())
                .begin(nanoTime.getAsLong());
    }

    private static String network(InetAddress client) {
        byte[] address = client.getAddress();
        return Arrays.toString(client instanceof Inet6Address ? Arrays.copyOf(address, 8) : address);
    }

    private record Subject(String user, String network) {}

    /** Whether an attempt may be made. */
    sealed interface Verdict {
        /** It may, and counts as wrong until it is forgiven. */
        record Allowed(Runnable forgive) implements Verdict {}

        record Blocked(Duration left) implements Verdict {}
    }

    /** The attempts of the last minute, the oldest first; in nanoseconds of the ticker. */
    private static final class Attempts {
        private final Deque<Long> times = new ArrayDeque<>(WRONG_ATTEMPTS);

        synchronized Verdict begin(long now) {
            while (!times.isEmpty() && now - times.getFirst() >= WINDOW.toNanos()) {
                times.removeFirst();
            }
            if (times.size() == WRONG_ATTEMPTS) {
                return new Verdict.Blocked(Duration.ofNanos(times.getFirst() + WINDOW.toNanos() - now));
            }
            times.addLast(now);
            return new Verdict.Allowed(() -> forgive(now));
        }

        private synchronized void forgive(long time) {
            times.removeLastOccurrence(time);
        }
    }
}
