// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.session;

import io.gatehouse.proxy.ErrorType;
import java.time.Duration;

/**
 * Whether one server answers, as far as calls and checks say.
 *
 * <pre>
 *   up ──failed three times in a row──► down ──┐
 *    │                                   │refused ├──any answer──► up, in another life
 *    └──────────────refused──────────► gone ─────┘
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

    /** {@link Server.State#UP}, {@link Server.State#DOWN} or {@link Server.State#GONE}. */
    private volatile Server.State state = Server.State.UP;

    private volatile int life;
    private boolean cut;
    private Duration delay = FIRST_DELAY;
    private long nextCheck;
    private boolean checking;

    ServerHealth(long now) {
        nextCheck = now;
    }

    Server.State state() {
        return state;
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
        if (!check && state == Server.State.UP && failures == 0) {
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
            state = Server.State.UP;
            return news;
        }
    }

    /** A call or a check has failed for want of it; gives whether that is news: it is down, or gone, since now. */
    synchronized boolean failed(long now, ErrorType error, boolean check) {
        checking &= !check;
        if (!isOfServer(error)) {
            nextCheck = check ? now + INTERVAL.toNanos() : nextCheck;
            return false;
        }
        failures = Math.min(failures + 1, FAILURES);
        Server.State before = state;
        if (error == ErrorType.CONNECTION_REFUSED) {
            state = Server.State.GONE;
        } else if (before == Server.State.UP && failures == FAILURES) {
            state = Server.State.DOWN;
        }
        cut |= state != Server.State.UP || (check && error == ErrorType.CONNECTION_TERMINATED);
        if (before == Server.State.UP) {
            nextCheck = now + FIRST_DELAY.toNanos();
        } else if (check) {
            nextCheck = now + delay.toNanos();
            delay = delay.multipliedBy(2).compareTo(MOST_DELAY) < 0 ? delay.multipliedBy(2) : MOST_DELAY;
        }
        return state != before;
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
