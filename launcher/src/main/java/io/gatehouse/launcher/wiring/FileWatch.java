// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.wiring;

import io.gatehouse.launcher.config.ConfigWatcher;
import io.gatehouse.launcher.config.Reloader;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;

/** Watches the configuration file and those that it names; which ones these are may change with a reload. */
final class FileWatch implements AutoCloseable {
    private final Reloader reloader;
    private final ScheduledExecutorService executor;
    private final Map<Path, ConfigWatcher> watchers = new HashMap<>();

    /** {@code executor}: runs the looks and the reloads, which block. */
    FileWatch(Reloader reloader, ScheduledExecutorService executor) {
        this.reloader = reloader;
        this.executor = executor;
    }

    /** From now on these files, and no others. */
    synchronized void watch(Collection<Path> files) {
        for (Iterator<Map.Entry<Path, ConfigWatcher>> all = watchers.entrySet().iterator(); all.hasNext(); ) {
            Map.Entry<Path, ConfigWatcher> watched = all.next();
            if (!files.contains(watched.getKey())) {
                watched.getValue().close();
                all.remove();
            }
        }
        for (Path file : files) {
            watchers.computeIfAbsent(
                    file, added -> new ConfigWatcher(added, reloader, executor, ConfigWatcher.DEFAULT_PERIOD));
        }
    }

    @Override
    public synchronized void close() {
        watchers.values().forEach(ConfigWatcher::close);
        watchers.clear();
    }
}
