// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.it.browser;

import java.time.Duration;

/** Waiting between two looks at a browser that reports no event for what is waited for. */
final class Pause {

    private Pause() {}

    /** Sleeps; an interrupt ends the wait and the test with it. */
    static void of(Duration duration) {
        try {
            Thread.sleep(duration);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for the browser", e);
        }
    }
}
