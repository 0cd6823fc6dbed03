// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.session.local;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/**
 * A Spark History Server to run: the input of {@link LocalSpark#historyServer}.
 *
 * @param name of the child process
 * @param port on loopback
 * @param eventLogs the folder that applications write their event logs to; exists
 * @param updateInterval how often it looks for new and changed logs, at least a second
 * @param configuration more {@code spark.*} settings
 */
public record HistoryServer(
        String name, int port, Path eventLogs, Duration updateInterval, Map<String, String> configuration) {

    /** Short, as on a machine of one's own an application should be listed soon after it started. */
    public static final Duration DEFAULT_UPDATE_INTERVAL = Duration.ofSeconds(3);

    /** Copies the settings. */
    public HistoryServer {
        if (updateInterval.toSeconds() < 1) {
            throw new IllegalArgumentException("The update interval is at least a second: " + updateInterval);
        }
        configuration = Map.copyOf(configuration);
    }

    /** With the usual interval and nothing special. */
    public HistoryServer(String name, int port, Path eventLogs) {
        this(name, port, eventLogs, DEFAULT_UPDATE_INTERVAL, Map.of());
    }

    /** Where it answers. */
    public URI uri() {
        return URI.create("http://127.0.0.1:" + port + "/");
    }
}
