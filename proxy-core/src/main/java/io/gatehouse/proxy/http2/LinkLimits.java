// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.http2;

import java.time.Duration;

/**
 * When a connection to a server is asked whether it lives, and when it ends. Fixed for the life of a process; tests have others.
 *
 * @param silence for how long a server may say nothing while calls wait, until it is asked by a PING
 * @param answer how long it has for the answer; without one its connection is closed
 * @param idle how long a connection without calls is kept
 * @param lastStream the number of a stream behind which no call begins on a connection: there are only so many (RFC 9113 section 5.1.1)
 */
public record LinkLimits(Duration silence, Duration answer, Duration idle, int lastStream) {
    /** No server of gRPC minds PINGs that are ten seconds apart, as long as they are few ({@link ServerPulse}). */
    public static final LinkLimits DEFAULT =
            new LinkLimits(Duration.ofSeconds(20), Duration.ofSeconds(10), Duration.ofMinutes(1), 1 << 30);
}
