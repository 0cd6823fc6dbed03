// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.session;

import io.gatehouse.proxy.ErrorType;
import java.time.Duration;

/**
 * Whether one server answers, as far as calls and checks say.
 *
 * <pre>
 *   up ──refused, or failed three times in a row──► down ──any answer──► up, in another life
 * </pre>
 *
 * <p>It lives another life too when a check found its connection cut: it may have been started anew, and so fast that nobody was refused.
 *
 * <p>Checks come at a fixed interval while it is up, and ever more seldom while it is down.
 */
final class ServerHealth {
    static final Duration INTERVAL = Duration.ofSeconds(5);
    static final Duration MOST_DELAY = Duration.ofSeconds(30);
    private static final Duration FIRST_DELAY = Duration.ofSeconds(1);
    private static final int FAILURES = 3;

    /** Written under the lock; read without it by every call. */
    private volatile int failures;

    private volatile boolean up = true;
    private volatile int life;
    private boolean cut;
    private Duration delay = FIRST_DELAY;
    private long nextCheck;
    private boolean checking;

    ServerHealth(long now) {
        nextCheck = now;
    }

    boolean isUp() {
        return up;
    }

    /** Which life it lives, from 0 on. */
    int life() {
        return life;
    }

    /** Whether the caller shall check it now, and tell of that by {@link #answered} or {@link #failed}. */
    synchronized boolean takeCheck(long now) {
        if (checking || nextCheck - now > 0) {
            return false;
        }
        checking = true;
        return true;
    }

    /** It has answered; gives whether that is news: it is up again, or lives another life. */
    boolean answered(long now, boolean check) {
        if (!check && up && failures == 0) {
            return false;
        }
        synchronized (this) {
            checking &= !check;
            failures = 0;
            delay = FIRST_DELAY;
            nextCheck = now + INTERVAL.toNanos();
            boolean news = cut;
            if (cut) {
                life++;
                cut = false;
            }
            up = true;
            return news;
        }
    }

    /** A call or a check has failed for want of it; gives whether it is down since now. */
    synchronized boolean failed(long now, ErrorType error, boolean check) {
        checking &= !check;
        if (!isOfServer(error)) {
            nextCheck = check ? now + INTERVAL.toNanos() : nextCheck;
            return false;
        }
        failures = Math.min(failures + 1, FAILURES);
        if (!up) {
            if (check) {
                nextCheck = now + delay.toNanos();
                delay = delay.multipliedBy(2).compareTo(MOST_DELAY) < 0 ? delay.multipliedBy(2) : MOST_DELAY;
            }
            return false;
        }
        if (error == ErrorType.CONNECTION_REFUSED || failures == FAILURES) {
            up = false;
        }
        cut |= !up || (check && error == ErrorType.CONNECTION_TERMINATED);
        nextCheck = now + FIRST_DELAY.toNanos();
        return !up;
    }

    /** Whether it is the server or the way there that failed: our own limits and defects would take down all servers together. */
    private static boolean isOfServer(ErrorType error) {
        return switch (error) {
            case DESTINATION_UNAVAILABLE,
                    DESTINATION_IP_UNROUTABLE,
                    DNS_ERROR,
                    CONNECTION_REFUSED,
                    CONNECTION_TERMINATED,
                    CONNECTION_TIMEOUT,
                    CONNECTION_READ_TIMEOUT,
                    CONNECTION_WRITE_TIMEOUT,
                    TLS_PROTOCOL_ERROR,
                    TLS_CERTIFICATE_ERROR,
                    TLS_ALERT_RECEIVED,
                    HTTP_PROTOCOL_ERROR,
                    HTTP_RESPONSE_INCOMPLETE,
                    HTTP_RESPONSE_HEADER_SECTION_SIZE,
                    HTTP_RESPONSE_CONTENT_CODING,
                    HTTP_RESPONSE_TIMEOUT,
                    HTTP_UPGRADE_FAILED -> true;
            default -> false;
        };
    }
}
