// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import io.gatehouse.proxy.Upstream;
import io.gatehouse.proxy.exchange.UpstreamClient;
import java.net.InetAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Applications whose drivers are pods of a cluster. The cluster tells which there are and what becomes of them, each UI which application
 * it is; it is asked soon and often until it answers, and seldom from then on.
 *
 * <p><b>Threads.</b> All state is touched on the scheduler only, which has one thread; nothing blocks it.
 *
 * <p>Changes are told at once, those that come while that is being done together: with ten thousand pods, making the directory takes
 * milliseconds, and they may all change in the same second.
 */
public final class PodSource implements AppSource {
    private static final Duration DEADLINE = Duration.ofSeconds(10);
    /** UIs that are asked at the same time. */
    private static final int MOST_QUESTIONS = 256;
    /** Of the time, what telling may take. */
    private static final int SHARE = 4;

    private final String name;
    private final PodFeed feed;
    private final Function<Upstream, CompletableFuture<UiProbe.Result>> probe;
    private final ScheduledExecutorService scheduler;
    private final InstantSource clock;
    /** By uid. */
    private final Map<String, TrackedPod> pods = new HashMap<>();

    private final NavigableSet<TrackedPod> byAge = new TreeSet<>(TrackedPod.OLDEST_FIRST);

    private final PodIds ids;
    /** What has become of pods that have gone since anything was told. */
    private final List<AbsentApplication> departed = new ArrayList<>();

    private final ArrayDeque<TrackedPod> waiting = new ArrayDeque<>();
    private int questions;
    private boolean listed;
    private boolean telling;
    private long quietUntilNanos = System.nanoTime();
    private Consumer<Findings> found = findings -> {};
    private volatile boolean synced;
    private volatile boolean closed;
    private volatile String trouble = "";

    /**
     * @param name of the source
     * @param owners of ids, shared with the sources of other clusters
     * @param client asks UIs
     * @param scheduler of one thread, the same for all clusters
     */
    public PodSource(
            String name, PodFeed feed, IdOwners owners, UpstreamClient client, ScheduledExecutorService scheduler) {
        this(name, feed, owners, new UiProbe(client, DEADLINE)::probe, scheduler, InstantSource.system());
    }

    /** {@code probe}: asks one UI; never completes exceptionally. */
    PodSource(
            String name,
            PodFeed feed,
            IdOwners owners,
            Function<Upstream, CompletableFuture<UiProbe.Result>> probe,
            ScheduledExecutorService scheduler,
            InstantSource clock) {
        this.name = name;
        this.feed = feed;
        this.ids = new PodIds(name, owners);
        this.probe = probe;
        this.scheduler = scheduler;
        this.clock = clock;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void start(Consumer<Findings> consumer) {
        run(() -> found = consumer);
        feed.start(new PodFeed.Listener() {
            @Override
            public void changed(DriverPod pod) {
                run(() -> PodSource.this.changed(pod));
            }

            @Override
            public void deleted(String uid) {
                run(() -> PodSource.this.deleted(uid));
            }

            @Override
            public void listed() {
                run(PodSource.this::listed);
            }

            @Override
            public void troubled(String sentence) {
                run(() -> PodSource.this.troubled(sentence));
            }
        });
    }

    /** Whether an address is that of a pod in which a driver in client mode may run. */
    public boolean mayRunDriver(InetAddress address) {
        return feed.mayRunDriver(address);
    }

    /** Somebody met a UI that does not answer, or wants an application that no pod is known of; the cluster tells of those. */
    @Override
    public void lookSoon(String id) {
        run(() -> {
            TrackedPod pod = ids.find(id);
            if (pod != null && pods.containsKey(pod.pod().uid())) {
                ask(pod);
            }
        });
    }

    @Override
    public boolean isSynced() {
        return synced;
    }

    @Override
    public String trouble() {
        return trouble;
    }

    @Override
    public void close() {
        closed = true;
        feed.close();
    }

    private void run(Runnable task) {
        after(Duration.ZERO, task);
    }

    private @Nullable Future<?> after(Duration delay, Runnable task) {
        Runnable unlessClosed = () -> {
            if (!closed) {
                task.run();
            }
        };
        try {
            return closed ? null : scheduler.schedule(unlessClosed, delay.toNanos(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException shuttingDown) {
            closed = true;
            return null;
        }
    }

    private void changed(DriverPod pod) {
        TrackedPod tracked = pods.get(pod.uid());
        if (tracked == null) {
            tracked = new TrackedPod(name, pod);
            pods.put(pod.uid(), tracked);
            byAge.add(tracked);
            ask(tracked);
        } else if (tracked.update(pod)) {
            ask(tracked);
        }
        tellSoon();
    }

    private void deleted(String uid) {
        TrackedPod gone = pods.remove(uid);
        if (gone == null) {
            return;
        }
        byAge.remove(gone);
        gone.nextQuestion(null);
        ApplicationLife.Over life = gone.afterwards(clock.instant());
        String id = gone.id();
        // One of two pods with the same id says nothing about the other.
        if (id != null && ids.find(id) == gone) {
            departed.add(about(gone, id, life));
        }
        tellSoon();
    }

    private void listed() {
        listed = true;
        tellSoon();
    }

    private void troubled(String sentence) {
        trouble = sentence;
        // A cluster that does not answer must not keep the whole door from being ready.
        synced |= !sentence.isEmpty();
        tellSoon();
    }

    private void ask(TrackedPod pod) {
        if (questions == MOST_QUESTIONS) {
            waiting.add(pod);
            return;
        }
        Upstream ui = pod.ask();
        if (ui == null) {
            return;
        }
        questions++;
        probe.apply(ui).thenAccept(result -> run(() -> answered(pod, ui, result)));
    }

    private void answered(TrackedPod pod, Upstream ui, UiProbe.Result result) {
        questions--;
        if (pods.get(pod.pod().uid()) == pod) {
            Duration again = pod.answered(ui, result, clock.instant());
            pod.nextQuestion(after(again, () -> ask(pod)));
            tellSoon();
        }
        while (questions < MOST_QUESTIONS && !waiting.isEmpty()) {
            TrackedPod next = waiting.remove();
            if (pods.get(next.pod().uid()) == next) {
                ask(next);
            }
        }
    }

    private void tellSoon() {
        if (!telling) {
            telling = true;
            after(Duration.ofNanos(Math.max(0, quietUntilNanos - System.nanoTime())), this::tell);
        }
    }

    private void tell() {
        telling = false;
        long began = System.nanoTime();
        found.accept(findings());
        departed.clear();
        long now = System.nanoTime();
        quietUntilNanos = now + SHARE * (now - began);
        synced |= listed;
    }

    private Findings findings() {
        Collection<TrackedPod> shown = ids.choose(byAge);
        List<Application> running = new ArrayList<>();
        List<AbsentApplication> absent = new ArrayList<>(departed.size());
        for (TrackedPod pod : shown) {
            Application application = pod.running();
            String id = pod.id();
            if (application != null) {
                running.add(application);
            } else if (id != null) {
                absent.add(about(pod, id, pod.life()));
            }
        }
        absent.addAll(departed);
        return new Findings(running, absent);
    }

    private static AbsentApplication about(TrackedPod tracked, String id, ApplicationLife life) {
        DriverPod pod = tracked.pod();
        return new AbsentApplication(
                id, pod.applicationName(), pod.user(), pod.created().toEpochMilli(), life);
    }
}
