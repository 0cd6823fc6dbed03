// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.cli;

import io.gatehouse.launcher.Logging;
import io.gatehouse.launcher.config.ConfigLoader;
import io.gatehouse.launcher.config.GatehouseConfig;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** What {@link ServeCommand} and {@link DemoCommand} share: load, set up logging, start the server. */
final class ServerStarter {
    private final Server server;
    private final Logging logging;
    private final ConfigLoader loader;

    ServerStarter(Server server, Logging logging, ConfigLoader loader) {
        this.server = server;
        this.logging = logging;
        this.loader = loader;
    }

    /** Runs the server until it ends; see {@link Launch} for what may be null. */
    int start(Server.Kind kind, @Nullable Path configFile, ServerOptions options) throws Exception {
        ConfigLoader overlaid =
                options.logLevel == null ? loader : loader.withFlag("--log-level", "logging.level", options.logLevel);
        GatehouseConfig config = configFile == null ? overlaid.loadWithoutFile() : overlaid.load(configFile);
        logging.apply(config.logging());
        return server.run(kind, new Launch(config, overlaid, configFile, options.readyFile, logging));
    }
}
