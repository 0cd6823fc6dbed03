// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import io.gatehouse.proxy.Upstream;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * One driver's pod, and what its UI has said. The cluster tells when a driver comes and goes; the UI tells which application it is, and
 * since when it can be shown.
 *
 * <pre>
 *   Pending ──Up──► Starting ──UI answers, or wants a login──► Running ──nobody listens any more──► Ended
 *      │                │                                         │                                  │
 *      └────────────────┴───────────── the container ends ────────┴──────────────────────────────────┴──► Succeeded, Failed
 * </pre>
 *
 * <p>Used by {@link PodSource}, on its thread only.
 */
final class TrackedPod {
    /** Between two questions to a UI that is known: its pod's end is told by the cluster. */
    static final Duration NOW_AND_THEN = Duration.ofMinutes(1);

    private static final Duration SHORTEST_WAIT = Duration.ofMillis(250);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(10);
    /** Some three minutes of them. */
    private static final int MANY_ATTEMPTS = 24;

    /** A driver closes its UI before its container ends; one refused connection may be one of a full queue. */
    private static final int MOST_REFUSALS = 2;

    static final Comparator<TrackedPod> OLDEST_FIRST = Comparator.<TrackedPod, Instant>comparing(
                    tracked -> tracked.pod.created())
            .thenComparing(tracked -> tracked.pod.uid());

    private final String source;
    private DriverPod pod;
    /** Null while the driver does not run. */
    private @Nullable Upstream ui;

    /** Null while it is not known to answer. */
    private @Nullable Application running;
    /** When nobody listened any more at a UI that had answered; null otherwise. */
    private @Nullable Instant ended;

    private boolean heard;
    private boolean other;
    private boolean distrusted;
    private int refusals;
    private int attempts;
    private boolean asking;
    private @Nullable Future<?> question;

    TrackedPod(String source, DriverPod pod) {
        this.source = source;
        this.pod = pod;
        update(pod);
    }

    DriverPod pod() {
        return pod;
    }

    /** Takes over what the cluster says now; returns whether there is another UI to ask. */
    boolean update(DriverPod now) {
        boolean same = ui != null && now.state().equals(pod.state());
        pod = now;
        if (same) {
            return false;
        }
        forget();
        ui = now.state() instanceof DriverPod.Up up ? new Upstream(up.address(), up.port()) : null;
        return ui != null;
    }

    private void forget() {
        running = null;
        ended = null;
        heard = false;
        other = false;
        distrusted = false;
        refusals = 0;
        attempts = 0;
    }

    /** Where its UI is to be asked, now that it is; null where there is nothing to ask, or a question is under way. */
    @Nullable
    Upstream ask() {
        if (ui == null || asking) {
            return null;
        }
        asking = true;
        return ui;
    }

    /** When it will be asked again, which replaces what was planned before; null for never. */
    void nextQuestion(@Nullable Future<?> planned) {
        if (question != null) {
            question.cancel(false);
        }
        question = planned;
    }

    /**
     * Takes in what the UI said.
     *
     * @param asked where it was asked
     * @return after which time to ask again
     */
    Duration answered(Upstream asked, UiProbe.Result result, Instant now) {
        asking = false;
        if (ui == null || !ui.equals(asked)) {
            return Duration.ZERO;
        }
        distrusted = result instanceof UiProbe.Result.Distrusted;
        return switch (result) {
            case UiProbe.Result.Running(String id, AppListing listing) -> said(asked, id, listing);
            case UiProbe.Result.Stranger stranger -> stranger(asked, stranger);
            case UiProbe.Result.Gone _ -> refused(now);
            // A driver that is busy, or stopped by a debugger, runs all the same.
            case UiProbe.Result.Unclear _, UiProbe.Result.Distrusted _ -> running == null ? backOff() : LONGEST_WAIT;
        };
    }

    private Duration said(Upstream there, String id, AppListing listing) {
        String expected = pod.applicationId();
        other = expected != null && !expected.equals(id);
        if (other) {
            running = null;
            return backOff();
        }
        runs(there, id, listing);
        return NOW_AND_THEN;
    }

    private void runs(Upstream there, String id, @Nullable AppListing listing) {
        running = new Application(id, source, there, listing);
        heard = true;
        ended = null;
        refusals = 0;
        attempts = 0;
    }

    private Duration stranger(Upstream there, UiProbe.Result.Stranger stranger) {
        Upstream secure = there.isSecure() ? null : secureOne(there, stranger.location());
        if (secure != null) {
            ui = secure;
            return Duration.ZERO;
        }
        String id = pod.applicationId();
        boolean itself = pod.state() instanceof DriverPod.Up up && up.ownNetwork();
        if (stranger.isLogin() && id != null && itself) {
            runs(there, id, running == null ? null : running.listing());
            return NOW_AND_THEN;
        }
        return running == null ? backOff() : LONGEST_WAIT;
    }

    /** Where {@code spark.ssl.ui.enabled} leads to: the same address by TLS, at another port. Null where it is none. */
    private static @Nullable Upstream secureOne(Upstream ui, String location) {
        try {
            URI target = new URI(location);
            String host = target.getHost();
            boolean same = "https".equalsIgnoreCase(target.getScheme())
                    && host != null
                    && host.replace("[", "").replace("]", "").equals(ui.host());
            return same && target.getPort() > 0 && target.getPort() <= 65535
                    ? Upstream.secure(ui.host(), target.getPort())
                    : null;
        } catch (URISyntaxException noUrl) {
            return null;
        }
    }

    private Duration refused(Instant now) {
        if (!heard) {
            return backOff();
        }
        refusals++;
        if (refusals >= MOST_REFUSALS && running != null) {
            running = null;
            ended = now;
            attempts = 0;
        }
        return running != null ? SHORTEST_WAIT : backOff();
    }

    private Duration backOff() {
        Duration wait = SHORTEST_WAIT.multipliedBy(1L << Math.min(attempts, 10));
        attempts++;
        return wait.compareTo(LONGEST_WAIT) < 0 ? wait : LONGEST_WAIT;
    }

    /** What the application is called; null while neither the pod nor its UI has said it. */
    @Nullable
    String id() {
        String said = pod.applicationId();
        return said == null && running != null ? running.id() : said;
    }

    /** Null while its UI does not answer. */
    @Nullable
    Application running() {
        return running;
    }

    /** Where in its life it is, while it does not answer. */
    ApplicationLife life() {
        return switch (pod.state()) {
            case DriverPod.Pending(String reason) -> new ApplicationLife.Pending(reason);
            case DriverPod.Over(Instant since, String failure)
            when failure != null -> new ApplicationLife.Failed(since, failure);
            case DriverPod.Over(Instant since, String _) -> new ApplicationLife.Succeeded(since);
            case DriverPod.Up _ when ended != null -> new ApplicationLife.Ended(ended);
            case DriverPod.Up _ -> new ApplicationLife.Starting(silence());
        };
    }

    private String silence() {
        if (other) {
            return "Its pod runs, but what answers at its UI's port is another application.";
        }
        if (distrusted) {
            return "Its pod runs, and the certificate of its UI is not accepted: it has to be for the pod's address, and from a CA of"
                    + " upstream.tls.caFile.";
        }
        return attempts <= MANY_ATTEMPTS
                ? "Its pod runs, and its UI does not answer yet."
                : "Its pod runs, and its UI has not answered for minutes: is spark.ui.enabled off, or does a NetworkPolicy keep"
                        + " Gatehouse out?";
    }

    /** What has become of it once its pod has gone; how it ended may not have been told before. */
    ApplicationLife.Over afterwards(Instant now) {
        return life() instanceof ApplicationLife.Over over ? over : new ApplicationLife.Gone(now, pod.departure());
    }
}
