// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.config;

import io.gatehouse.proxy.tls.ClientTls;
import io.gatehouse.proxy.tls.TlsProvider;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * TLS settings that hold for some servers alone, in place of {@code upstream.tls}: those of a History Server, and those of a pool.
 *
 * <p>What is not configured any more is kept to the end of the process: requests that are under way may need it, and nobody else can get
 * at it.
 */
final class NamedTls implements AutoCloseable {
    /**
     * Settings as they are configured.
     *
     * @param name as an {@link io.gatehouse.proxy.Upstream} has it
     * @param key where they stand
     */
    private record Configured(String name, String key, UpstreamTlsConfig tls) {}

    private final TlsProvider provider;
    private final ClientTls upstream;
    /** By name. Guarded by this. */
    private final Map<String, ClientTls> inForce = new HashMap<>();

    /** {@code upstream}: is told what there is. */
    NamedTls(TlsProvider provider, ClientTls upstream) {
        this.provider = provider;
        this.upstream = upstream;
    }

    /** Reads every file, for the first time or again; blocks on them. */
    synchronized void read(GatehouseConfig config, TlsReading reading) {
        for (Configured wanted : all(config)) {
            ClientTls present = inForce.get(wanted.name());
            if (present == null) {
                reading.add(
                        wanted.name(),
                        wanted.key(),
                        () -> ClientTls.load(ConfiguredTls.options(wanted.tls()), provider));
            } else {
                reading.change(wanted.key(), () -> present.prepare(ConfiguredTls.options(wanted.tls())));
            }
        }
    }

    /** What was read for the first time is there at once, because nobody has asked for it yet. */
    synchronized void add(Map<String, ClientTls> added) {
        inForce.putAll(added);
        upstream.use(inForce);
    }

    /** Every file that is read here. */
    static List<Path> files(GatehouseConfig config) {
        return all(config).stream()
                .flatMap(configured -> ConfiguredTls.files(configured.tls()).stream())
                .toList();
    }

    private static List<Configured> all(GatehouseConfig config) {
        List<Configured> all = new ArrayList<>();
        List<HistoryServerConfig> servers = config.discovery().servers();
        for (int i = 0; i < servers.size(); i++) {
            UpstreamTlsConfig tls = servers.get(i).tls();
            if (tls != null) {
                all.add(new Configured(
                        servers.get(i).tlsSettings(), config.discovery().keyOf(i) + ".tls", tls));
            }
        }
        List<PoolConfig> pools = config.pools();
        for (int i = 0; i < pools.size(); i++) {
            UpstreamTlsConfig tls = pools.get(i).tls();
            if (tls != null) {
                all.add(new Configured(pools.get(i).tlsSettings(), "pools[" + i + "].tls", tls));
            }
        }
        return all;
    }

    /** For the end of the process, after its event loops. */
    @Override
    public synchronized void close() {
        inForce.values().forEach(ClientTls::close);
    }
}
