// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.wiring;

import io.gatehouse.launcher.config.ConfigException;
import io.gatehouse.launcher.config.GatehouseConfig;
import io.gatehouse.launcher.config.PoolFiles;
import io.gatehouse.launcher.config.ReloadedFiles;
import io.gatehouse.proxy.grpc.UnaryCalls;
import io.gatehouse.session.PoolSpec;
import io.gatehouse.session.StaticFleet;
import io.gatehouse.session.connect.PoolTable;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The pools of the Connect door and their servers, as the configuration in force has them. */
final class ConnectPools {
    private static final Logger LOG = LoggerFactory.getLogger(ConnectPools.class);

    private final StaticFleet fleet;
    /** Guarded by this. */
    private PoolFiles inForce;
    /** The pool that is the default because it was the only one when it was looked at; guarded by this. */
    private @Nullable String implied;

    private volatile PoolTable table;

    /**
     * Reads the files; blocks on them.
     *
     * @throws ConfigException when one of them cannot be used
     */
    ConnectPools(GatehouseConfig config, UnaryCalls calls, LongSupplier ticker) {
        this.inForce = PoolFiles.load(config.pools());
        this.fleet = new StaticFleet(inForce.servers(), calls, ticker);
        this.table = new PoolTable(inForce.specs(), defaultPool(config));
        warn(inForce.exposed());
    }

    StaticFleet fleet() {
        return fleet;
    }

    /** As it is now. */
    PoolTable table() {
        return table;
    }

    /**
     * Reads the files again; see {@link io.gatehouse.launcher.config.ReloadTarget#readFiles}. Pools come into force with them, because a
     * server and its token go together.
     *
     * @throws ConfigException when one of them cannot be used; all of what is in force stays then
     */
    synchronized ReloadedFiles readAgain(GatehouseConfig config) {
        PoolFiles next = PoolFiles.load(config.pools());
        return new ReloadedFiles(next.changedSince(inForce), () -> use(next, config), () -> {});
    }

    private synchronized void use(PoolFiles next, GatehouseConfig config) {
        Set<String> exposed = next.exposed();
        exposed.removeAll(inForce.exposed());
        inForce = next;
        fleet.use(next.servers());
        Set<String> names = next.specs().stream().map(PoolSpec::name).collect(Collectors.toSet());
        List<PoolSpec> leaving = table.pools().stream()
                .filter(pool -> !names.contains(pool.name()) && fleet.pools().contains(pool.name()))
                .toList();
        table = new PoolTable(next.specs(), leaving, defaultPool(config));
        warn(exposed);
    }

    private static void warn(Set<String> exposed) {
        for (String server : exposed) {
            LOG.atWarn()
                    .addKeyValue("server", server)
                    .log("a server's token goes over the network in the clear: write https in its url");
        }
    }

    /** The one that is named, else the only one; which it stays when others come, so that nobody who names none is turned away by them. */
    private @Nullable String defaultPool(GatehouseConfig config) {
        String named = config.connect().defaultPool();
        String before = implied;
        implied = null;
        if (named != null) {
            return named;
        }
        if (config.pools().size() == 1) {
            implied = config.pools().getFirst().name();
        } else if (before != null
                && config.pools().stream().anyMatch(pool -> pool.name().equals(before))) {
            implied = before;
            LOG.atWarn()
                    .addKeyValue("pool", before)
                    .log("the pool stays the default until the next start, which has none: set connect.defaultPool");
        }
        return implied;
    }
}
