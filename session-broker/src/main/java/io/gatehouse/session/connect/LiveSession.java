// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.session.connect;

import io.gatehouse.session.SessionRecord;

/** A session with calls on their way through this process, and the newest record of it that is known here. */
final class LiveSession {
    private volatile SessionRecord record;
    /** Changed by {@link LiveSessions} alone, one thread at a time. */
    private int calls;

    LiveSession(SessionRecord record) {
        this.record = record;
    }

    SessionRecord record() {
        return record;
    }

    /** A record that is newer; older ones, of threads that were slow, are passed over. */
    synchronized void update(SessionRecord newer) {
        if (newer.version() > record.version()) {
            record = newer;
        }
    }

    int calls() {
        return calls;
    }

    void count(int change) {
        calls += change;
    }
}
