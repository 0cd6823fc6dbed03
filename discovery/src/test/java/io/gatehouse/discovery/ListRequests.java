// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

/** Requests for the list, as they are read from a query. */
final class ListRequests {
    /** Without any filter. */
    static final ListRequest ALL = limited(Integer.MAX_VALUE);

    private ListRequests() {}

    static ListRequest limited(int limit) {
        return new ListRequest(true, true, false, limit, true, Long.MIN_VALUE, Long.MAX_VALUE);
    }

    /** Finished ones only. */
    static ListRequest finished() {
        return new ListRequest(true, false, false, Integer.MAX_VALUE, true, Long.MIN_VALUE, Long.MAX_VALUE);
    }

    /** As the History Server's own first page asks. */
    static ListRequest forHomePage() {
        return new ListRequest(true, true, true, Integer.MAX_VALUE, true, Long.MIN_VALUE, Long.MAX_VALUE);
    }

    /** What began in that time, in milliseconds since 1970. */
    static ListRequest started(long from, long until) {
        return new ListRequest(true, true, false, Integer.MAX_VALUE, false, from, until);
    }
}
