// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy;

import java.util.Set;

/**
 * Who is calling, once that is certain.
 *
 * @param name the user's name, empty for nobody in particular
 * @param groups those that whoever vouches for the user counts it among; empty where there are none
 */
public record Principal(String name, Set<String> groups) {
    public static final Principal ANONYMOUS = new Principal("");

    public Principal {
        groups = Set.copyOf(groups);
    }

    /** Somebody without groups. */
    public Principal(String name) {
        this(name, Set.of());
    }
}
