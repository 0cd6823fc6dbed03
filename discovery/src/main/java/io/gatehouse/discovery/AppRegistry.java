// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Merges what the sources find into one directory. Sources may come and go while requests are served. */
public final class AppRegistry implements Supplier<AppDirectory>, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AppRegistry.class);

    /** Lines in the log for one change. */
    private static final int MOST_TOLD = 20;

    private final Object lock = new Object();
    /** In the order in which they take precedence. Guarded by {@link #lock}. */
    private List<AppSource> sources = List.of();

    private final Map<AppSource, Findings> found = new HashMap<>();
    /** By a source's name, what its predecessor had found: it counts until the source has looked once itself. */
    private final Map<String, Findings> inherited = new HashMap<>();

    /** Guarded by {@link #lock}. */
    private boolean used;
    /** Whether every source has looked once; never taken back. Guarded by {@link #lock}. */
    private boolean synced;

    /** Guarded by {@link #lock}. */
    private final RecentlyEnded ended = new RecentlyEnded();

    private final MultiGauge sourcesUp;
    private final InstantSource clock;
    private volatile AppDirectory directory = AppDirectory.EMPTY;

    public AppRegistry(MeterRegistry meters) {
        this(meters, InstantSource.system());
    }

    /** {@code clock}: tells when applications ended. */
    AppRegistry(MeterRegistry meters, InstantSource clock) {
        this.clock = clock;
        applications(meters, "running", AppDirectory::size);
        applications(meters, "starting", directory -> directory.count(ApplicationLife.Starting.class));
        applications(meters, "pending", directory -> directory.count(ApplicationLife.Pending.class));
        this.sourcesUp = MultiGauge.builder("gatehouse.discovery.source.up")
                .description("1 where a source of applications sees how things are")
                .register(meters);
    }

    private void applications(MeterRegistry meters, String state, ToDoubleFunction<AppDirectory> count) {
        Gauge.builder("gatehouse.apps", this, registry -> count.applyAsDouble(registry.get()))
                .description("Applications that discovery knows, before their end")
                .tag("state", state)
                .register(meters);
    }

    /** The present snapshot. */
    @Override
    public AppDirectory get() {
        return directory;
    }

    /**
     * Replaces the sources: starts those that are new, closes those that are not among them. Called at the start and on reload. What
     * a source found stays until the new source of that name has looked, so that a reload interrupts nobody. A source that looks in vain
     * reports all the same after some rounds: what it cannot confirm must not stay for ever.
     */
    public void use(List<AppSource> newSources) {
        List<AppSource> old;
        List<AppSource> added;
        synchronized (lock) {
            // Nobody may have asked since the old ones were done.
            synced = unsynced().isEmpty();
            used = true;
            old = sources.stream()
                    .filter(source -> !newSources.contains(source))
                    .toList();
            added = newSources.stream()
                    .filter(source -> !sources.contains(source))
                    .toList();
            sources = List.copyOf(newSources);
            for (AppSource source : old) {
                inherited.merge(source.name(), found.getOrDefault(source, Findings.NONE), Findings::and);
            }
            inherited.keySet().retainAll(sources.stream().map(AppSource::name).toList());
            found.keySet().retainAll(sources);
            sourcesUp.register(
                    sources.stream()
                            .map(source -> MultiGauge.Row.of(
                                    Tags.of("source", source.name()),
                                    source,
                                    asked -> asked.trouble().isEmpty() ? 1 : 0))
                            .toList(),
                    true);
            refresh();
        }
        old.forEach(AppSource::close);
        for (AppSource source : added) {
            source.start(findings -> update(source, findings));
        }
    }

    /** An application was asked for that is unknown, or does not answer any more. */
    public void lookSoon(String id) {
        current().forEach(source -> source.lookSoon(id));
    }

    /**
     * Names of the sources that have not completed a first look. Once there are none, a reload changes nothing about that:
     * what the old sources had found still counts, and a door that is not ready would get no requests at all.
     */
    public List<String> unsynced() {
        synchronized (lock) {
            if (!used) {
                return List.of("all");
            }
            List<String> names = sources.stream()
                    .filter(source -> !synced && !source.isSynced())
                    .map(AppSource::name)
                    .toList();
            synced = names.isEmpty();
            return names;
        }
    }

    /** What keeps sources from seeing how things are, by their names; empty when nothing does. */
    public Map<String, String> troubles() {
        Map<String, String> troubles = new LinkedHashMap<>();
        for (AppSource source : current()) {
            if (!source.trouble().isEmpty()) {
                troubles.put(source.name(), source.trouble());
            }
        }
        return troubles;
    }

    @Override
    public void close() {
        use(List.of());
    }

    private List<AppSource> current() {
        synchronized (lock) {
            return sources;
        }
    }

    private void update(AppSource source, Findings findings) {
        synchronized (lock) {
            if (!sources.contains(source)) {
                return;
            }
            found.put(source, findings);
            if (source.isSynced()) {
                inherited.remove(source.name());
            }
            refresh();
        }
    }

    /** Makes the directory anew; under the lock. */
    private void refresh() {
        Findings all = Findings.NONE;
        for (AppSource source : sources) {
            all = all.and(found.getOrDefault(source, Findings.NONE));
        }
        for (AppSource source : sources) {
            all = all.and(inherited.getOrDefault(source.name(), Findings.NONE));
        }
        AppDirectory before = directory;
        AppDirectory running = new AppDirectory(all.running());
        Map<String, AbsentApplication> told = new LinkedHashMap<>();
        all.absent().forEach(application -> told.putIfAbsent(application.id(), application));
        directory = running.with(ended.update(before, running, told, clock.instant()), troubles());
        logChanges(before, directory);
    }

    private static void logChanges(AppDirectory before, AppDirectory after) {
        logMissing("application found", after, before);
        logMissing("application gone", before, after);
    }

    /** Those of one directory that the other does not have: a few one by one, a whole cluster in one line. */
    private static void logMissing(String message, AppDirectory in, AppDirectory from) {
        int others = 0;
        for (Application application : in.applications()) {
            if (from.find(application.id()) != null) {
                continue;
            }
            if (others++ < MOST_TOLD) {
                LOG.atInfo()
                        .addKeyValue("app", application.id())
                        .addKeyValue("source", application.source())
                        .addKeyValue("upstream", application.ui())
                        .log(message);
            }
        }
        if (others > MOST_TOLD) {
            LOG.atInfo().addKeyValue("others", others - MOST_TOLD).log(message);
        }
    }
}
