// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.config;

import io.gatehouse.proxy.tls.TlsProvider;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the configuration says of upstreams by files, read for the first time.
 *
 * @param tls whom we trust and what we show, listeners included; whoever loads it closes it
 * @param historyAccess what single History Servers are shown
 */
public record ConfiguredFiles(ConfiguredTls tls, HistoryAccess historyAccess) {
    /**
     * Reads every file; blocks on them.
     *
     * @throws ConfigException with what is wrong with any of them
     */
    public static ConfiguredFiles load(GatehouseConfig config, TlsProvider provider) {
        List<ConfigException> problems = new ArrayList<>();
        ConfiguredTls tls = attempt(() -> ConfiguredTls.load(config, provider), problems);
        HistoryAccess historyAccess = attempt(() -> HistoryAccess.load(config), problems);
        if (tls != null && historyAccess != null) {
            return new ConfiguredFiles(tls, historyAccess);
        }
        if (tls != null) {
            tls.close();
        }
        throw ConfigException.ofAll(problems);
    }

    private static <T> @Nullable T attempt(Supplier<T> step, List<ConfigException> problems) {
        try {
            return step.get();
        } catch (ConfigException e) {
            problems.add(e);
            return null;
        }
    }
}
