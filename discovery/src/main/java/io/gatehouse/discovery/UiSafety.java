// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import io.gatehouse.proxy.CorsRules;
import java.util.Set;

/**
 * Who may do what at the ui door; replaced as a whole on reload.
 *
 * @param kill who may kill jobs and stages
 * @param admins names of viewers who may do so wherever anybody may
 * @param impersonates whether upstreams act in the viewer's name, so that a request without a name goes nowhere
 * @param cors which other sites may send what may change something
 */
public record UiSafety(Kill kill, Set<String> admins, boolean impersonates, CorsRules cors) {
    /** Nothing is asked of anybody. */
    public static final UiSafety OPEN = new UiSafety(Kill.EVERYBODY, Set.of(), false);

    /** Who may kill. */
    public enum Kill {
        /** Whoever sees the page. */
        EVERYBODY,
        /** The user whom the application runs as, and admins. */
        OWNERS,
        /** Nobody at all. */
        NOBODY
    }

    public UiSafety {
        admins = Set.copyOf(admins);
    }

    /** No other site may. */
    public UiSafety(Kill kill, Set<String> admins, boolean impersonates) {
        this(kill, admins, impersonates, CorsRules.NONE);
    }
}
