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
                    key, server, pinned, clock.instant(), clock.instant(), versions.incrementAndGet());
            records.put(key, won);
            count(member, 1);
            return CompletableFuture.completedFuture(new Claim.Won(won));
        }
    }

    @Override
    public CompletionStage<@Nullable SessionRecord> replace(SessionRecord next) {
        synchronized (lock) {
            if (!isCurrent(next)) {
                return CompletableFuture.completedFuture(null);
            }
            SessionRecord stored = new SessionRecord(
                    next.key(),
                    next.server(),
                    next.pinned(),
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
            if (!isCurrent(record)) {
                return CompletableFuture.completedFuture(false);
            }
            records.remove(record.key());
            count(new Member(record.key().pool(), record.key().user()), -1);
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

    private boolean isCurrent(SessionRecord record) {
        SessionRecord current = records.get(record.key());
        return current != null && current.version() == record.version();
    }

    private void count(Member member, int change) {
        ofMembers.merge(member, change, MemorySessionStore::sumOrNone);
        ofPools.merge(member.pool(), change, MemorySessionStore::sumOrNone);
    }

    private static @Nullable Integer sumOrNone(int count, int change) {
        return count + change == 0 ? null : count + change;
    }
}
