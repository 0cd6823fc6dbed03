// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.config;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * How a new process takes the place of the one that runs.
 *
 * @param socket null when that is not possible
 */
public record TakeoverConfig(
        @JsonPropertyDescription(
                "Unix socket at which a running server hands its listening sockets to 'serve --takeover', in a folder"
                        + " that nobody else can write to; Linux only.")
        @Example("/run/gatehouse/takeover")
        @Nullable
        Path socket) {}
