// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import io.gatehouse.proxy.Upstream;
import io.gatehouse.proxy.exchange.UpstreamClient;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Applications in client mode: notebooks and shells, whose drivers nothing but the History Server knows of. It names the
 * applications that are not finished; the environment page of each names its driver's host.
 *
 * <p>That host is the word of whoever submitted the job: {@link DriverSearch} connects to it only where configuration allows
 * its network or another source names it by that IP address, and believes it only when the UI there says that it is this
 * application. Each round asks again, whether the History Server answers or not, so an address that somebody else has now
 * is noticed.
 *
 * <p>Many of the unfinished ended long ago without saying so. They are looked for more and more seldom, a few at a time,
 * beside the rounds and after those that have just begun.
 */
public final class HistorySource extends PollingSource {
    private static final Logger LOG = LoggerFactory.getLogger(HistorySource.class);
    private static final String NAME = "history";
    private static final String SEPARATOR = ":";
    private static final Duration DEADLINE = Duration.ofSeconds(30);
    private static final int MAX_LIST = 8 << 20;
    private static final int MOST_APPLICATIONS = 2000;
    private static final int MOST_SEARCHES = 16;
    /** Intervals after which an application without a reachable driver is looked for again, at most. */
    private static final int LONGEST_WAIT = 16;
    /** Rounds without any answer, or with a server's error for one, after which a driver is taken for gone. */
    private static final int MOST_DOUBTS = 3;

    /** Of what the drivers say of themselves, in memory and in each answer to a viewer. */
    static final int MOST_LISTING_BYTES = 4 << 20;

    private static final int FIRST_PORT = 4040;
    /** With the reference to it. */
    private static final long BYTES_OF_A_BOXED_LONG = 24;

    private final HistoryServer history;
    private final UpstreamClient client;
    private final UiProbe probe;
    private final DriverSearch driverSearch;
    private final Predicate<InetAddress> allowed;
    private final Predicate<String> knownElsewhere;
    private final ScheduledExecutorService scheduler;
    private final Duration interval;
    private final int mostListingBytes;
    private final LongSupplier nanoTime;
    /** For what blocks or takes long: the resolver, and reading large answers. */
    private final Executor aside =
            task -> Thread.ofVirtual().name("discovery-history").start(task);
    /** In the order of the last list. Touched on the scheduler only, as all that follows. */
    private List<Driver> drivers = List.of();

    /** Of what {@link #drivers} say of themselves. */
    private long listingBytes;

    private boolean searching;
    private boolean warned;

    /**
     * @param allowed whether the driver of an application may be looked for at an address; asked again in each round, since an address
     *     may become somebody else's
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
        this(
                history,
                client,
                allowed,
                knownElsewhere,
                scheduler,
                interval,
                FIRST_PORT,
                MOST_LISTING_BYTES,
                System::nanoTime);
    }

    /**
     * @param firstPort where a UI listens whose port is not configured
     * @param mostListingBytes that are kept of all drivers' entries together
     * @param nanoTime a monotonic clock
     */
    HistorySource(
            HistoryServer history,
            UpstreamClient client,
            Predicate<InetAddress> allowed,
            Predicate<String> knownElsewhere,
            ScheduledExecutorService scheduler,
            Duration interval,
            int firstPort,
            int mostListingBytes,
            LongSupplier nanoTime) {
        super(nameFor(history), scheduler, interval);
        this.history = history;
        this.client = client;
        this.probe = new UiProbe(client, DEADLINE);
        this.driverSearch = new DriverSearch(history, client, allowed, aside, firstPort);
        this.allowed = allowed;
        this.knownElsewhere = knownElsewhere;
        this.scheduler = scheduler;
        this.interval = interval;
        this.mostListingBytes = mostListingBytes;
        this.nanoTime = nanoTime;
    }

    /** The name of the source that asks a History Server. */
    public static String nameFor(HistoryServer history) {
        return history.name().equals(HistoryServer.UNNAMED) ? NAME : NAME + SEPARATOR + history.name();
    }

    /** Whether a source of this kind has found an application, so that its address is the word of whoever submitted it. */
    public static boolean found(Application application) {
        return application.source().equals(NAME) || application.source().startsWith(NAME + SEPARATOR);
    }

    /** What is known of the driver of one unfinished application. */
    private static final class Driver {
        final String id;
        /** Null while it has not been found. */
        @Nullable
        Application application;

        boolean listed;
        /** Whether it has left {@link #drivers} for good. */
        boolean forgotten;

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
        // Not after the list has come: an address may change hands while the History Server is down.
        CompletableFuture<?> asked = askAgain(changed);
        String target = UiRouter.APPLICATIONS + "?status=running&limit=" + MOST_APPLICATIONS;
        ListReader reader = new ListReader(MOST_APPLICATIONS);
        CompletableFuture<?> listed = client.read(history.asked(), target, MAX_LIST, DEADLINE, reader)
                .thenComposeAsync(reply -> listed(ids(reply, reader), changed), scheduler);
        return CompletableFuture.allOf(asked, listed);
    }

    /**
     * What the History Server takes for unfinished, last started first: applications that ended without saying so are old.
     *
     * @throws IllegalStateException where the answer is no list
     */
    private static List<String> ids(UpstreamClient.Reply reply, ListReader reader) {
        if (reply.status() != 200) {
            throw new IllegalStateException("the History Server answered " + reply.status());
        }
        if (!reader.isWhole()) {
            throw new IllegalStateException("the History Server's list ends too early");
        }
        return reader.rows().stream()
                .sorted(Comparator.comparingLong(ListedApplication::started).reversed())
                .map(ListedApplication::id)
                .distinct()
                .toList();
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

    /** Asks all drivers that were found in earlier rounds whether they are still the same. */
    private CompletableFuture<?> askAgain(Runnable changed) {
        List<CompletableFuture<?>> underWay = new ArrayList<>();
        for (Driver driver : drivers) {
            Application application = driver.application;
            if (application == null) {
                continue;
            }
            if (!isOurs(driver, application.ui())) {
                lost(driver);
                changed.run();
            } else if (!driver.asking) {
                driver.asking = true;
                underWay.add(probe.probe(application.ui())
                        .thenAcceptAsync(result -> answered(driver, application, result, changed), scheduler));
            }
        }
        return patiently(underWay.toArray(CompletableFuture[]::new));
    }

    /** Whether a driver may be there, and nobody else knows it: a cluster knows more of its pods, and why they end. */
    private boolean isOurs(Driver driver, Upstream ui) {
        return allowed.test(InetAddress.ofLiteral(ui.host())) && !knownElsewhere.test(driver.id);
    }

    private CompletableFuture<?> listed(List<String> ids, Runnable changed) {
        Map<String, Driver> before = new LinkedHashMap<>();
        drivers.forEach(driver -> before.put(driver.id, driver));
        long now = nanoTime.getAsLong();
        List<Driver> all = new ArrayList<>();
        for (String id : ids) {
            Driver driver = before.remove(id);
            all.add(driver == null ? new Driver(id, now) : driver);
        }
        all.forEach(driver -> driver.listed = true);
        for (Driver driver : before.values()) {
            // A History Server that has just started lists nothing yet; the driver knows better whether it runs.
            driver.listed = false;
            if (driver.application != null && all.size() < MOST_APPLICATIONS) {
                all.add(driver);
            } else {
                forget(driver);
            }
        }
        drivers = all;
        if (searching) {
            return CompletableFuture.completedFuture(null);
        }
        searching = true;
        return patiently(
                search(MOST_SEARCHES, changed).whenCompleteAsync((nothing, failure) -> searching = false, scheduler));
    }

    private static CompletableFuture<?> patiently(CompletableFuture<?>... underWay) {
        return CompletableFuture.allOf(underWay).completeOnTimeout(null, PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void answered(Driver driver, Application application, UiProbe.Result result, Runnable changed) {
        driver.asking = false;
        if (driver.forgotten || !application.equals(driver.application)) {
            return;
        }
        if (result instanceof UiProbe.Result.Running(String id, AppListing listing) && id.equals(driver.id)) {
            driver.doubts = 0;
            found(driver, application.ui(), listing);
        } else if (!(result instanceof UiProbe.Result.Unclear) || ++driver.doubts == MOST_DOUBTS) {
            lost(driver);
        } else {
            return;
        }
        changed.run();
    }

    /** Whatever is there now, it is not this driver: from here on it gets nobody's requests. */
    private void lost(Driver driver) {
        keep(driver, null);
        driver.doubts = 0;
        driver.searches = 0;
        driver.nextSearchNanos = nanoTime.getAsLong();
    }

    /** What there is of it is kept as long as all of them together are not too much: jobs decide how much they say. */
    private void found(Driver driver, Upstream ui, AppListing listing) {
        Application application = new Application(driver.id, name(), ui, listing);
        if (listingBytes - size(driver.application) + size(application) <= mostListingBytes) {
            keep(driver, application);
            return;
        }
        LOG.atLevel(warned ? Level.DEBUG : Level.WARN)
                .addKeyValue("app", driver.id)
                .addKeyValue("limit", mostListingBytes)
                .log(
                        "entries of running applications are too large together; some are only in the History Server's list");
        warned = true;
        keep(driver, new Application(driver.id, name(), ui, null));
    }

    private void keep(Driver driver, @Nullable Application application) {
        listingBytes += size(application) - size(driver.application);
        driver.application = application;
    }

    /** What it says from now on comes too late. */
    private void forget(Driver driver) {
        keep(driver, null);
        driver.forgotten = true;
    }

    private static long size(@Nullable Application application) {
        AppListing listing = application == null ? null : application.listing();
        return listing == null
                ? 0
                : listing.json().length
                        + listing.pageJson().length
                        + (long) Character.BYTES * listing.name().length()
                        + BYTES_OF_A_BOXED_LONG * listing.started().size();
    }

    /**
     * Looks for drivers one after the other: each first look makes the History Server replay a log. Who is next is decided
     * each time, so that what has just begun does not wait for many that ended long ago.
     */
    private CompletableFuture<?> search(int most, Runnable changed) {
        Driver driver = most == 0 || isClosed() ? null : next();
        return driver == null
                ? CompletableFuture.completedFuture(null)
                : search(driver, changed).thenComposeAsync(nothing -> search(most - 1, changed), scheduler);
    }

    /** New ones in the order of the list, then the one that has waited longest; null where none is due. */
    private @Nullable Driver next() {
        long now = nanoTime.getAsLong();
        return drivers.stream()
                .filter(driver -> driver.listed
                        && driver.application == null
                        && now - driver.nextSearchNanos >= 0
                        && !knownElsewhere.test(driver.id))
                .min(Comparator.comparingLong(
                        driver -> driver.searches == 0 ? Long.MIN_VALUE : driver.nextSearchNanos - now))
                .orElse(null);
    }

    private CompletableFuture<?> search(Driver driver, Runnable changed) {
        boolean again = driver.searches++ > 0;
        long intervals = Math.min(LONGEST_WAIT, 1L << Math.min(driver.searches, 10));
        driver.nextSearchNanos = nanoTime.getAsLong() + intervals * interval.toNanos();
        return driverSearch
                .find(driver.id, again)
                .thenAcceptAsync(
                        outcome -> outcome.filter(found -> !driver.forgotten && isOurs(driver, found.ui()))
                                .ifPresent(found -> {
                                    driver.searches = 0;
                                    found(driver, found.ui(), found.listing());
                                    changed.run();
                                }),
                        scheduler);
    }
}
