// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy;

import java.time.Duration;

/**
 * How long an upstream may take over each phase.
 *
 * @param connect from asking for a connection to having one, waiting for a free one included
 * @param response from the last byte of the request to the head of the response; the History Server replays a large log
 *     for a quarter of a minute first
 * @param readStall without a byte in the middle of a response
 * @param idle how long an unused connection is kept; below the 8 s after which Spark's Jetty closes, so that we
 *     close first
 */
public record UpstreamTimeouts(Duration connect, Duration response, Duration readStall, Duration idle) {
    public static final UpstreamTimeouts DEFAULT = new UpstreamTimeouts(
            Duration.ofSeconds(5), Duration.ofSeconds(120), Duration.ofSeconds(300), Duration.ofSeconds(5));
}
