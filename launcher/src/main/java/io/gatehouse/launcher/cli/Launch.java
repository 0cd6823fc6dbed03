// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.cli;

import io.gatehouse.launcher.Logging;
import io.gatehouse.launcher.config.ConfigLoader;
import io.gatehouse.launcher.config.GatehouseConfig;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What the command line hands to a {@link Server}.
 *
 * @param config the configuration to start with
 * @param loader what loaded it, for a reload with the same variables and flags
 * @param configFile where it came from; null when the command takes no file, and nothing can be reloaded
 * @param readyFile where to write a {@link io.gatehouse.launcher.ReadyFile}; null when nobody asked
 * @param logging set up with {@code config.logging()}; a reload and the admin call change it
 */
public record Launch(
        GatehouseConfig config,
        ConfigLoader loader,
        @Nullable Path configFile,
        @Nullable Path readyFile,
        Logging logging) {}
