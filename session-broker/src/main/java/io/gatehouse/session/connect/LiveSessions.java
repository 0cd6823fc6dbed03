// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.session.connect;

import io.gatehouse.session.SessionKey;
import io.gatehouse.session.SessionRecord;
import io.gatehouse.session.SessionStore;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sessions with calls on their way through this process: so that every call counts as use, also one that takes hours, with one write
 * a minute at most; and so that nobody gives back a place that another call is on its way to. Safe for any thread.
 */
final class LiveSessions {
    private static final Logger LOG = LoggerFactory.getLogger(LiveSessions.class);
    /** How old a record's last activity may be while the session is used. */
    private static final Duration GRAIN = Duration.ofMinutes(1);

    private static final int ATTEMPTS = 4;

    private final SessionStore store;
    private final InstantSource clock;
    private final ConcurrentMap<SessionKey, LiveSession> live = new ConcurrentHashMap<>();

    LiveSessions(SessionStore store, InstantSource clock) {
        this.store = store;
        this.clock = clock;
    }

    /** A call begins; {@link #leave} or {@link #leaveAndGiveBack} ends it. */
    LiveSession enter(SessionRecord record) {
        LiveSession session = live.compute(record.key(), (key, known) -> {
            LiveSession entered = known != null ? known : new LiveSession(record);
            entered.update(record);
            entered.count(1);
            return entered;
        });
        touch(session);
        return session;
    }

    /** A call is over, and has used the session. */
    void leave(LiveSession session) {
        touch(session);
        end(session);
    }

    /** A call is over, and the place it claimed was not used: it is free again, unless another call is on its way there. */
    void leaveAndGiveBack(LiveSession session) {
        if (end(session) && !session.record().pinned()) {
            remove(session.record());
        }
    }

    /** The session has state at that server from now on. */
    void pin(LiveSession session, String server) {
        change(session, server, ATTEMPTS, SessionRecord::withPin);
    }

    /** That server has said what it calls the session; empty where what it said counts no more. */
    void named(LiveSession session, String server, String serverSideId) {
        change(session, server, ATTEMPTS, record -> record.withServerSideId(serverSideId));
    }

    /**
     * The session is no more at that server, and its user has not been told.
     *
     * @param serverSideId what the server called it; another of the same id, which came after it, is not meant
     */
    void lose(LiveSession session, String server, String serverSideId) {
        change(
                session,
                server,
                ATTEMPTS,
                record -> record.serverSideId().equals(serverSideId) ? record.lost() : record);
    }

    /** Changes the newest record, which may have been changed by somebody else since it was read: its activity, as a rule. */
    private void change(LiveSession session, String server, int attempts, UnaryOperator<SessionRecord> change) {
        SessionRecord record = session.record();
        SessionRecord next = change.apply(record);
        if (!record.server().equals(server) || next.equals(record)) {
            return;
        }
        quietly(store.replace(next), stored -> {
            if (stored != null) {
                session.update(stored);
            } else if (attempts > 1) {
                quietly(store.find(record.key()), current -> {
                    if (current != null) {
                        session.update(current);
                        change(session, server, attempts - 1, change);
                    }
                });
            }
        });
    }

    /** The same, and its user knows. */
    void forget(LiveSession session, String server, String serverSideId) {
        quietly(store.find(session.record().key()), current -> {
            if (current != null
                    && current.server().equals(server)
                    && current.serverSideId().equals(serverSideId)) {
                remove(current);
            }
        });
    }

    /** Every minute or so: sessions whose calls take long are in use. */
    void tick() {
        live.values().forEach(this::touch);
    }

    private void touch(LiveSession session) {
        SessionRecord record = session.record();
        Instant now = clock.instant();
        if (now.isBefore(record.lastActivity().plus(GRAIN))) {
            return;
        }
        quietly(store.replace(record.usedAt(now)), stored -> {
            if (stored != null) {
                session.update(stored);
            } else {
                refresh(session);
            }
        });
    }

    private void refresh(LiveSession session) {
        quietly(store.find(session.record().key()), current -> {
            if (current != null) {
                session.update(current);
            }
        });
    }

    private void remove(SessionRecord record) {
        quietly(store.remove(record), removed -> {});
    }

    /** Whether that was the last call of the session. */
    private boolean end(LiveSession session) {
        return live.compute(session.record().key(), (key, known) -> {
                    session.count(-1);
                    return session.calls() == 0 ? null : known;
                })
                == null;
    }

    /** What fails here is done again with the next call, or by the keeper of sessions; no call waits for it. */
    private static <T extends @Nullable Object> void quietly(CompletionStage<T> stage, Consumer<T> then) {
        stage.whenComplete((value, thrown) -> {
            if (thrown != null) {
                LOG.atDebug().setCause(thrown).log("a session record was not changed");
            } else {
                then.accept(value);
            }
        });
    }
}
