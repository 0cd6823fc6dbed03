// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import io.gatehouse.proxy.exchange.UpstreamClient;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Applications in client mode: notebooks and shells, whose drivers nothing but the History Server knows of. It names the
 * applications that are not finished; the environment page of each names its driver's host.
 *
 * <p>That host is the word of whoever submitted the job: {@link DriverSearch} connects to it only where configuration allows
 * its network or another source knows its address, and believes it only when the UI there says that it is this
 * application. Each round asks again, so an address that somebody else has now is noticed.
 *
 * <p>Many of the unfinished ended long ago without saying so. They are looked for more and more seldom, a few at a time,
 * beside the rounds and after those that have just begun.
 */
public final class HistorySource extends PollingSource {
    private static final Duration DEADLINE = Duration.ofSeconds(30);
    private static final int MAX_LIST = 8 << 20;
    private static final int MOST_APPLICATIONS = 2000;
    private static final int MOST_SEARCHES = 16;
    /** Intervals after which an application without a reachable driver is looked for again, at most. */
    private static final int LONGEST_WAIT = 16;
    /** Rounds without any answer after which a driver is taken for gone. */
    private static final int MOST_DOUBTS = 3;

    private static final int FIRST_PORT = 4040;

    private final HistoryServer history;
    private final UpstreamClient client;
    private final UiProbe probe;
    private final DriverSearch driverSearch;
    private final Predicate<String> knownElsewhere;
    private final ScheduledExecutorService scheduler;
    private final Duration interval;
    private final LongSupplier nanoTime;
    /** For what blocks or takes long: the resolver, and reading large answers. */
    private final Executor aside =
            task -> Thread.ofVirtual().name("discovery-history").start(task);
    /** In the order of the last list. Touched on the scheduler only, as all that follows. */
    private List<Driver> drivers = List.of();

    private boolean searching;

    /**
     * @param allowed whether the driver of an application may be looked for at an address
     * @param knownElsewhere whether another source has the application already
     * @param scheduler of one thread
     */
    public HistorySource(
            HistoryServer history,
            UpstreamClient client,
            Predicate<InetAddress> allowed,
            Predicate<String> knownElsewhere,
            ScheduledExecutorService scheduler,
            Duration interval) {
        this(history, client, allowed, knownElsewhere, scheduler, interval, FIRST_PORT, System::nanoTime);
    }

    /** {@code firstPort}: where a UI listens whose port is not configured; {@code nanoTime}: a monotonic clock. */
    HistorySource(
            HistoryServer history,
            UpstreamClient client,
            Predicate<InetAddress> allowed,
            Predicate<String> knownElsewhere,
            ScheduledExecutorService scheduler,
            Duration interval,
            int firstPort,
            LongSupplier nanoTime) {
        super("history", scheduler, interval);
        this.history = history;
        this.client = client;
        this.probe = new UiProbe(client, DEADLINE);
        this.driverSearch = new DriverSearch(history, client, probe, allowed, aside, firstPort);
        this.knownElsewhere = knownElsewhere;
        this.scheduler = scheduler;
        this.interval = interval;
        this.nanoTime = nanoTime;
    }

    /** What is known of the driver of one unfinished application. */
    private static final class Driver {
        final String id;
        /** Null while it has not been found. */
        @Nullable
        Application application;

        boolean asking;
        int doubts;
        int searches;
        long nextSearchNanos;

        Driver(String id, long now) {
            this.id = id;
            this.nextSearchNanos = now;
        }
    }

    @Override
    CompletableFuture<?> look(Runnable changed) {
        String target = history.path() + "/api/v1/applications?status=running&limit=" + MOST_APPLICATIONS;
        return client.get(history.upstream(), target, MAX_LIST, DEADLINE)
                .thenApplyAsync(HistoryList::ids, aside)
                .thenComposeAsync(ids -> lookAt(ids, changed), scheduler);
    }

    @Override
    List<Application> present() {
        List<Application> found = new ArrayList<>();
        for (Driver driver : drivers) {
            if (driver.application != null) {
                found.add(driver.application);
            }
        }
        return found;
    }

    private CompletableFuture<?> lookAt(List<String> ids, Runnable changed) {
        Map<String, Driver> before = new HashMap<>();
        drivers.forEach(driver -> before.put(driver.id, driver));
        long now = nanoTime.getAsLong();
        drivers = ids.stream()
                .map(id -> before.computeIfAbsent(id, unknown -> new Driver(unknown, now)))
                .toList();
        List<CompletableFuture<?>> underWay = new ArrayList<>();
        for (Driver driver : drivers) {
            Application application = driver.application;
            if (application != null && !driver.asking) {
                driver.asking = true;
                underWay.add(probe.probe(application.ui())
                        .thenAcceptAsync(result -> answered(driver, application, result, changed), scheduler));
            }
        }
        if (!searching) {
            searching = true;
            underWay.add(search(now, changed).whenCompleteAsync((nothing, failure) -> searching = false, scheduler));
        }
        return CompletableFuture.allOf(underWay.toArray(CompletableFuture[]::new))
                .completeOnTimeout(null, PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** A driver that was found in an earlier round has been asked whether it is still the same. */
    private void answered(Driver driver, Application application, UiProbe.Result result, Runnable changed) {
        driver.asking = false;
        if (result instanceof UiProbe.Result.Running(String id, AppListing listing) && id.equals(driver.id)) {
            driver.doubts = 0;
            driver.application = new Application(id, name(), application.ui(), listing);
        } else if (!(result instanceof UiProbe.Result.Unclear(boolean answered))
                || answered
                || ++driver.doubts == MOST_DOUBTS) {
            // Whatever is there now, it is not this driver: from here on it gets nobody's requests.
            driver.application = null;
            driver.doubts = 0;
            driver.searches = 0;
            driver.nextSearchNanos = nanoTime.getAsLong();
        } else {
            return;
        }
        changed.run();
    }

    /** Looks for drivers one after the other: each first look makes the History Server replay a log. */
    private CompletableFuture<?> search(long now, Runnable changed) {
        List<Driver> due = drivers.stream()
                .filter(driver -> driver.application == null
                        && now - driver.nextSearchNanos >= 0
                        && !knownElsewhere.test(driver.id))
                // New ones in their order, then those that have waited longest.
                .sorted(Comparator.comparingLong(
                        driver -> driver.searches == 0 ? Long.MIN_VALUE : driver.nextSearchNanos - now))
                .limit(MOST_SEARCHES)
                .toList();
        CompletableFuture<?> chain = CompletableFuture.completedFuture(null);
        for (Driver driver : due) {
            chain = chain.thenComposeAsync(
                    nothing -> isClosed() ? CompletableFuture.completedFuture(null) : search(driver, changed),
                    scheduler);
        }
        return chain;
    }

    private CompletableFuture<?> search(Driver driver, Runnable changed) {
        boolean again = driver.searches++ > 0;
        long intervals = Math.min(LONGEST_WAIT, 1L << Math.min(driver.searches, 10));
        driver.nextSearchNanos = nanoTime.getAsLong() + intervals * interval.toNanos();
        return driverSearch
                .find(driver.id, again)
                .thenAcceptAsync(
                        outcome -> outcome.ifPresent(found -> {
                            driver.application = new Application(driver.id, name(), found.ui(), found.listing());
                            driver.searches = 0;
                            changed.run();
                        }),
                        scheduler);
    }
}
