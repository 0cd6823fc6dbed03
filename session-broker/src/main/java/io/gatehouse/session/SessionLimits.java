// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.session;

/**
 * How many sessions there may be.
 *
 * @param perUser of one user in the pool; 0 for any number
 * @param total in the pool; 0 for any number
 */
public record SessionLimits(int perUser, int total) {
    /** For sessions that exist already, whatever the limits say now. */
    public static final SessionLimits NONE = new SessionLimits(0, 0);

    public SessionLimits {
        if (perUser < 0 || total < 0) {
            throw new IllegalArgumentException("a limit is 0 or more");
        }
    }
}
