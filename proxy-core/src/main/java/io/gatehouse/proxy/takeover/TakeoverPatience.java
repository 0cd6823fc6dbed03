// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.takeover;

import java.time.Duration;

/**
 * The deadlines of a takeover; each side has them, so neither waits for ever.
 *
 * @param step for the other side's next word, where it has nothing to do but to say it
 * @param start for the new process to get ready once it has the sockets
 */
public record TakeoverPatience(Duration step, Duration start) {
    public static final TakeoverPatience DEFAULT = new TakeoverPatience(Duration.ofSeconds(5), Duration.ofSeconds(60));
}
