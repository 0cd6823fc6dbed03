// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.net;

import io.gatehouse.proxy.HttpLimits;
import java.time.Duration;

/**
 * What is fixed for the life of a process.
 *
 * @param threads event loops; 0 for one per core
 * @param responseLimits for heads that upstreams send
 * @param beat how often deadlines are looked at; they strike up to one beat late
 */
public record ProxyOptions(int threads, HttpLimits responseLimits, Duration beat) {
    public static final ProxyOptions DEFAULT = new ProxyOptions(0, HttpLimits.DEFAULT, Duration.ofMillis(500));

    public ProxyOptions {
        if (threads < 0) {
            throw new IllegalArgumentException("threads is a count");
        }
    }

    /** The number of event loops. */
    public int eventLoops() {
        return threads == 0 ? Runtime.getRuntime().availableProcessors() : threads;
    }
}
