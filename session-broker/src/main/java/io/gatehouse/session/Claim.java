// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.session;

/** What came of claiming a place for a session. */
public sealed interface Claim {
    /** The place is taken. */
    record Won(SessionRecord record) implements Claim {}

    /** Somebody else was faster; the session is where the record says. */
    record Lost(SessionRecord winner) implements Claim {}

    /** The user has as many sessions in the pool as may be. */
    record UserLimit(int limit) implements Claim {}

    /** The pool has as many sessions as may be. */
    record PoolLimit(int limit) implements Claim {}
}
