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

    private static @Nullable String defaultPool(GatehouseConfig config) {
        String named = config.connect().defaultPool();
        return named == null && config.pools().size() == 1
                ? config.pools().getFirst().name()
                : named;
    }
}
