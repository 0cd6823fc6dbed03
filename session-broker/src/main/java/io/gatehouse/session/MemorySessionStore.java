// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.session;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Sessions in the memory of this process. After a restart it is empty, and sessions are found again by asking the servers.
 *
 * <p>Records are read without a lock, once for every call; they change under one, which is held for the time of a few map lookups. It
 * never has more records than it was told; {@link SessionKeeper} removes those that nobody uses.
 */
public final class MemorySessionStore implements SessionStore {
    /** A user in a pool. */
    private record Member(String pool, String user) {}

    private final InstantSource clock;
    private final int mostRecords;
    private final ConcurrentMap<SessionKey, SessionRecord> records = new ConcurrentHashMap<>();
    private final Object lock = new Object();
    /** How many sessions there are, by pool and by user; under the lock, and without zeros. */
    private final Map<String, Integer> ofPools = new ConcurrentHashMap<>();

    private final Map<Member, Integer> ofMembers = new ConcurrentHashMap<>();
    private final AtomicLong versions = new AtomicLong();

    /** @param mostRecords of all pools together; beyond them claims fail */
    public MemorySessionStore(InstantSource clock, int mostRecords) {
        this.clock = clock;
        this.mostRecords = mostRecords;
    }

    @Override
    public CompletionStage<@Nullable SessionRecord> find(SessionKey key) {
        return CompletableFuture.completedFuture(records.get(key));
    }

    @Override
    public CompletionStage<Claim> claim(SessionKey key, String server, boolean pinned, SessionLimits limits) {
        synchronized (lock) {
            SessionRecord winner = records.get(key);
            if (winner != null) {
                return CompletableFuture.completedFuture(new Claim.Lost(winner));
            }
            Member member = new Member(key.pool(), key.user());
            if (limits.perUser() > 0 && ofMembers.getOrDefault(member, 0) >= limits.perUser()) {
                return CompletableFuture.completedFuture(new Claim.UserLimit(limits.perUser()));
            }
            if (limits.total() > 0 && ofPools.getOrDefault(key.pool(), 0) >= limits.total()) {
                return CompletableFuture.completedFuture(new Claim.PoolLimit(limits.total()));
            }
            if (records.size() >= mostRecords) {
                return CompletableFuture.failedFuture(
                        new SessionStoreException("there are " + mostRecords + " sessions, and no room for more"));
            }
            SessionRecord won = new SessionRecord(
                    key, server, pinned, "", clock.instant(), clock.instant(), versions.incrementAndGet());
            records.put(key, won);
            count(key, 1);
            return CompletableFuture.completedFuture(new Claim.Won(won));
        }
    }

    @Override
    public CompletionStage<@Nullable SessionRecord> replace(SessionRecord next) {
        synchronized (lock) {
            SessionRecord current = current(next);
            if (current == null) {
                return CompletableFuture.completedFuture(null);
            }
            count(next.key(), places(next) - places(current));
            SessionRecord stored = new SessionRecord(
                    next.key(),
                    next.server(),
                    next.pinned(),
                    next.serverSideId(),
                    next.createdAt(),
                    next.lastActivity(),
                    versions.incrementAndGet());
            records.put(next.key(), stored);
            return CompletableFuture.completedFuture(stored);
        }
    }

    @Override
    public CompletionStage<Boolean> remove(SessionRecord record) {
        synchronized (lock) {
            SessionRecord current = current(record);
            if (current == null) {
                return CompletableFuture.completedFuture(false);
            }
            records.remove(record.key());
            count(record.key(), -places(current));
            return CompletableFuture.completedFuture(true);
        }
    }

    @Override
    public CompletionStage<List<SessionRecord>> list(String pool) {
        List<SessionRecord> found = new ArrayList<>();
        for (SessionRecord record : records.values()) {
            if (record.key().pool().equals(pool)) {
                found.add(record);
            }
        }
        return CompletableFuture.completedFuture(found);
    }

    @Override
    public CompletionStage<Integer> count(String pool, String user) {
        return CompletableFuture.completedFuture(ofMembers.getOrDefault(new Member(pool, user), 0));
    }

    /** All records, as they are now; for tests of what is kept. */
    Collection<SessionRecord> all() {
        return List.copyOf(records.values());
    }

    /** The record as it is stored; null where it was changed or removed since it was read. */
    private @Nullable SessionRecord current(SessionRecord read) {
        SessionRecord current = records.get(read.key());
        return current != null && current.version() == read.version() ? current : null;
    }

    private static int places(SessionRecord record) {
        return record.isLost() ? 0 : 1;
    }

    private void count(SessionKey key, int change) {
        if (change != 0) {
            ofMembers.merge(new Member(key.pool(), key.user()), change, MemorySessionStore::sumOrNone);
            ofPools.merge(key.pool(), change, MemorySessionStore::sumOrNone);
        }
    }

    private static @Nullable Integer sumOrNone(int count, int change) {
        return count + change == 0 ? null : count + change;
    }
}
