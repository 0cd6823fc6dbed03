// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.session.connect;

import io.gatehouse.session.PoolSpec;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which pool a call is for: the one that it names, else the one of the host that it came to, else the default. Immutable. */
public final class PoolTable {
    private final Map<String, PoolSpec> byName = new HashMap<>();
    private final Map<String, PoolSpec> byHost = new HashMap<>();
    private final @Nullable PoolSpec byDefault;

    /**
     * @param defaultPool the name of the pool for calls that neither name one nor come to the host of one; null for none
     * @throws IllegalArgumentException where two pools have a name or a host in common, or the default is none of them
     */
    public PoolTable(Collection<PoolSpec> pools, @Nullable String defaultPool) {
        this(pools, List.of(), defaultPool);
    }

    /**
     * The same, with pools that are configured no more, and have sessions still.
     *
     * @param leaving reached by the names and hosts of theirs that no other pool has by now
     */
    public PoolTable(Collection<PoolSpec> pools, Collection<PoolSpec> leaving, @Nullable String defaultPool) {
        for (PoolSpec pool : pools) {
            if (byName.put(pool.name(), pool) != null) {
                throw new IllegalArgumentException("two pools are called " + pool.name());
            }
            for (String host : pool.hosts()) {
                if (byHost.put(host.toLowerCase(Locale.ROOT), pool) != null) {
                    throw new IllegalArgumentException("two pools answer at the host " + host);
                }
            }
        }
        this.byDefault = defaultPool == null ? null : byName.get(defaultPool);
        if (defaultPool != null && byDefault == null) {
            throw new IllegalArgumentException("the default pool is none of the pools: " + defaultPool);
        }
        for (PoolSpec pool : leaving) {
            byName.putIfAbsent(pool.name(), pool);
            pool.hosts().forEach(host -> byHost.putIfAbsent(host.toLowerCase(Locale.ROOT), pool));
        }
    }

    /** All pools, those that are leaving too. */
    public Collection<PoolSpec> pools() {
        return byName.values();
    }

    /** The pool of calls that neither name one nor come to the host of one; null where there is none. */
    public @Nullable PoolSpec byDefault() {
        return byDefault;
    }

    /**
     * The pool of a call; null where there is none.
     *
     * @param name what the client names it by; null where it does not
     * @param authority what the client named this server by, port included
     */
    @Nullable
    PoolSpec choose(@Nullable CharSequence name, CharSequence authority) {
        if (name != null) {
            return byName.get(name.toString());
        }
        PoolSpec ofHost = byHost.isEmpty() ? null : byHost.get(host(authority.toString()));
        return ofHost != null ? ofHost : byDefault;
    }

    /** The host of an authority, in lower case, without the port, and an IPv6 address without its brackets. */
    private static String host(String authority) {
        int close = authority.indexOf(']');
        int colon = authority.indexOf(':', close + 1);
        String host = colon >= 0 ? authority.substring(0, colon) : authority;
        String bare = close > 0 && host.startsWith("[") ? host.substring(1, close) : host;
        return bare.toLowerCase(Locale.ROOT);
    }
}
