// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import io.gatehouse.proxy.Upstream;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Predicate;
import org.assertj.core.groups.Tuple;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** From what a cluster says of pods, and what UIs say of themselves, to applications. */
class PodSourceTest {
    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");
    private static final Instant BEFORE = NOW.minusSeconds(60);

    private final ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor();
    private final FakeFeed feed = new FakeFeed();
    /** What UIs say, by their authority; those that are not here refuse connections. */
    private final Map<String, UiProbe.Result> uis = new ConcurrentHashMap<>();

    private final List<Upstream> asked = new CopyOnWriteArrayList<>();
    private final List<Findings> told = new CopyOnWriteArrayList<>();
    private final IdOwners owners = new IdOwners();
    private final PodSource source = new PodSource("eu", feed, owners, this::probe, scheduler, () -> NOW);

    @BeforeEach
    void start() {
        owners.use(Set.of("eu", "us"));
        source.start(told::add);
    }

    @AfterEach
    void close() {
        source.close();
        scheduler.shutdownNow();
    }

    @Test
    void aDriverIsShownFromItsFirstMomentToItsLast() {
        // Given
        feed.changed(pod("uid-1", "app-1", new DriverPod.Pending("No node can take its pod.")));
        awaitAbsent("app-1", new ApplicationLife.Pending("No node can take its pod."));

        // When: its container runs, its UI does not yet
        feed.changed(pod("uid-1", "app-1", up("10.0.0.1")));
        awaitAbsent("app-1", life -> life instanceof ApplicationLife.Starting);
        uis.put("10.0.0.1:4040", running("app-1"));

        // Then
        Application application = awaitRunning("app-1");
        assertThat(application.ui()).isEqualTo(new Upstream("10.0.0.1", 4040));
        assertThat(application.source()).isEqualTo("eu");
        assertThat(application.listing()).isNotNull();
        assertThat(last().absent()).isEmpty();

        // When
        feed.changed(pod("uid-1", "app-1", new DriverPod.Over(BEFORE, "The driver ended with exit code 1.")));

        // Then
        awaitAbsent("app-1", new ApplicationLife.Failed(BEFORE, "The driver ended with exit code 1."));
        assertThat(last().running()).isEmpty();
        AbsentApplication failed = last().absent().getFirst();
        assertThat(failed.name()).isEqualTo("name of app-1");
        assertThat(failed.user()).isEqualTo("alice");
        assertThat(failed.started()).isEqualTo(BEFORE.toEpochMilli());

        // When
        int before = told.size();
        feed.deleted("uid-1");
        await().until(() -> told.size() > before);

        // Then: what was told before stays true
        assertThat(last().absent()).containsExactly(failed);

        // When
        feed.changed(pod("uid-2", "app-2", new DriverPod.Pending("Wait.")));

        // Then: it is said once more only, and remembered by others
        awaitAbsent("app-2", new ApplicationLife.Pending("Wait."));
        assertThat(last().absent()).hasSize(1);
    }

    @Test
    void aDriverThatEndsWellHasSucceeded() {
        feed.changed(pod("uid-1", "app-1", new DriverPod.Over(BEFORE, null)));
        awaitAbsent("app-1", new ApplicationLife.Succeeded(BEFORE));
    }

    @Test
    void aPodThatIsDeletedTakesItsApplicationWithItAndSaysWhyOnce() {
        // Given
        uis.put("10.0.0.1:4040", running("app-1"));
        feed.changed(pod("uid-1", "app-1", up("10.0.0.1")));
        feed.changed(pod("uid-2", "app-2", new DriverPod.Pending("No node can take its pod.")));
        awaitRunning("app-1");

        // When
        feed.deleted("uid-1");
        feed.deleted("uid-2");

        // Then
        await().untilAsserted(() -> assertThat(gone())
                .containsExactly(
                        tuple("app-1", new ApplicationLife.Gone(NOW, "Its pod was evicted.")),
                        tuple("app-2", new ApplicationLife.Gone(NOW, "Its pod was evicted."))));
        feed.changed(pod("uid-9", "app-9", new DriverPod.Pending("Wait.")));
        awaitAbsent("app-9", new ApplicationLife.Pending("Wait."));
        assertThat(last().absent()).as("said once").hasSize(1);
    }

    @Test
    void howADriverEndedIsToldAlsoWhereItsPodIsDeletedInTheSameMoment() {
        // Given
        uis.put("10.0.0.1:4040", running("app-1"));
        feed.changed(pod("uid-1", "app-1", up("10.0.0.1")));
        awaitRunning("app-1");

        // When: both come before anything can be told
        CountDownLatch busy = new CountDownLatch(1);
        scheduler.execute(() -> awaitUninterruptibly(busy));
        feed.changed(pod("uid-1", "app-1", new DriverPod.Over(BEFORE, "It needed too much.")));
        feed.deleted("uid-1");
        busy.countDown();

        // Then
        awaitAbsent("app-1", new ApplicationLife.Failed(BEFORE, "It needed too much."));
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Ids and lives of all that was told to have gone, in one telling or in two. */
    private List<Tuple> gone() {
        return told.stream()
                .flatMap(findings -> findings.absent().stream())
                .filter(absent -> absent.life() instanceof ApplicationLife.Gone)
                .map(absent -> tuple(absent.id(), absent.life()))
                .toList();
    }

    @Test
    void nothingOfADeletedPodComesBackWhateverItsUiSaysLater() {
        // Given
        CompletableFuture<UiProbe.Result> late = new CompletableFuture<>();
        PodSource slow = new PodSource("eu", feed, owners, ui -> late, scheduler, () -> NOW);
        slow.start(told::add);
        feed.changed(pod("uid-1", "app-1", up("10.0.0.1")));
        awaitAbsent("app-1", life -> life instanceof ApplicationLife.Starting);

        // When
        feed.deleted("uid-1");
        late.complete(running("app-1"));
        feed.changed(pod("uid-2", "app-2", new DriverPod.Pending("Wait.")));

        // Then
        awaitAbsent("app-2", new ApplicationLife.Pending("Wait."));
        assertThat(told).allSatisfy(findings -> assertThat(findings.running()).isEmpty());
        slow.close();
    }

    @Test
    void whatUisSayIsNotAskedForAllTheTime() {
        // Given
        uis.put("10.0.0.1:4040", running("app-1"));
        feed.changed(pod("uid-1", "app-1", up("10.0.0.1")));
        awaitRunning("app-1");

        // When: the cluster says the same again, and again
        for (int i = 0; i < 20; i++) {
            feed.changed(pod("uid-1", "app-1", up("10.0.0.1")));
        }
        feed.changed(pod("uid-2", "app-2", new DriverPod.Pending("Wait.")));
        awaitAbsent("app-2", new ApplicationLife.Pending("Wait."));

        // Then
        assertThat(asked).hasSize(1);
    }

    @Test
    void aPodWithAnotherAddressIsAskedThere() {
        // Given
        uis.put("10.0.0.1:4040", running("app-1"));
        feed.changed(pod("uid-1", "app-1", up("10.0.0.1")));
        awaitRunning("app-1");

        // When
        feed.changed(pod("uid-1", "app-1", up("fd00::12")));
        awaitAbsent("app-1", life -> life instanceof ApplicationLife.Starting);
        uis.put("[fd00::12]:4040", running("app-1"));

        // Then
        assertThat(awaitRunning("app-1").ui()).isEqualTo(new Upstream("fd00::12", 4040));
    }

    @Test
    void aUiThatIsAnotherApplicationIsNotShownAsThisOne() {
        uis.put("10.0.0.1:4040", running("app-9"));
        feed.changed(pod("uid-1", "app-1", up("10.0.0.1")));
        awaitAbsent(
                "app-1",
                new ApplicationLife.Starting(
                        "Its pod runs, but what answers at its UI's port is another application."));
        assertThat(told).allSatisfy(findings -> assertThat(findings.running()).isEmpty());
    }

    @Test
    void aPodThatDoesNotSayItsIdIsShownUnderTheOneThatItsUiSays() {
        feed.changed(pod("uid-1", null, new DriverPod.Pending("Wait.")));
        feed.changed(pod("uid-2", null, up("10.0.0.2")));
        feed.changed(pod("uid-3", "app-3", new DriverPod.Pending("Wait.")));
        awaitAbsent("app-3", new ApplicationLife.Pending("Wait."));
        assertThat(last().absent()).hasSize(1);
        uis.put("10.0.0.2:4040", running("app-2"));
        awaitRunning("app-2");

        // When: neither of the two without an id takes the other away
        feed.deleted("uid-1");
        feed.changed(pod("uid-3", "app-3", new DriverPod.Pending("Still.")));

        // Then
        awaitAbsent("app-3", new ApplicationLife.Pending("Still."));
        awaitRunning("app-2");
    }

    @Test
    void aUiBehindALoginIsShownByWhatThePodSays() {
        uis.put("10.0.0.1:4040", new UiProbe.Result.Stranger(302, "https://idp.example.com/authorize"));
        uis.put("10.0.0.2:4040", new UiProbe.Result.Stranger(401, ""));
        uis.put("10.0.0.3:4040", new UiProbe.Result.Stranger(200, ""));
        feed.changed(pod("uid-1", "app-1", up("10.0.0.1")));
        feed.changed(pod("uid-2", "app-2", up("10.0.0.2")));
        feed.changed(pod("uid-3", "app-3", up("10.0.0.3")));
        feed.changed(pod("uid-4", "app-4", new DriverPod.Up("10.0.0.2", 4040, false)));
        assertThat(awaitRunning("app-1").listing()).isNull();
        assertThat(awaitRunning("app-2").listing()).isNull();
        awaitAbsent("app-3", life -> life instanceof ApplicationLife.Starting);
        // On the network of its node, anybody may be what wants a login there.
        awaitAbsent("app-4", life -> life instanceof ApplicationLife.Starting);
        assertThat(last().running()).hasSize(2);
    }

    @Test
    void aUiThatWantsTlsIsAskedByTls() {
        uis.put("10.0.0.1:4040", new UiProbe.Result.Stranger(302, "https://10.0.0.1:4440/api/v1/applications"));
        uis.put("10.0.0.1:4440", running("app-1"));
        uis.put("10.0.0.2:4040", new UiProbe.Result.Stranger(302, "https://10.0.0.9:4440/api/v1/applications"));
        feed.changed(pod("uid-1", "app-1", up("10.0.0.1")));
        feed.changed(pod("uid-2", null, up("10.0.0.2")));
        assertThat(awaitRunning("app-1").ui()).isEqualTo(Upstream.secure("10.0.0.1", 4440));
        assertThat(asked).extracting(Upstream::host).doesNotContain("10.0.0.9");
    }

    @Test
    void aUiWhoseCertificateIsNotAcceptedIsNotShownAndThePersonIsToldWhy() {
        // Given
        uis.put("10.0.0.1:4040", new UiProbe.Result.Stranger(302, "https://10.0.0.1:4440/api/v1/applications"));
        uis.put("10.0.0.1:4440", new UiProbe.Result.Distrusted());
        feed.changed(pod("uid-1", "app-1", up("10.0.0.1")));
        awaitAbsent(
                "app-1",
                life -> life instanceof ApplicationLife.Starting(String reason) && reason.contains("upstream.tls"));

        // When: there is another CA, after a reload
        uis.put("10.0.0.1:4440", running("app-1"));

        // Then
        awaitRunning("app-1");
    }

    @Test
    void aUiThatIsClosedBeforeItsContainerEndsHasEnded() {
        // Given
        uis.put("10.0.0.1:4040", running("app-1"));
        feed.changed(pod("uid-1", "app-1", up("10.0.0.1")));
        awaitRunning("app-1");

        // When: somebody met a refused connection
        uis.remove("10.0.0.1:4040");
        source.lookSoon("app-1");

        // Then
        awaitAbsent("app-1", new ApplicationLife.Ended(NOW));
        uis.put("10.0.0.1:4040", running("app-1"));
        awaitRunning("app-1");
    }

    @Test
    void aDriverThatIsBusyStaysAndOneThatHasNeverAnsweredStarts() {
        uis.put("10.0.0.1:4040", running("app-1"));
        feed.changed(pod("uid-1", "app-1", up("10.0.0.1")));
        uis.put("10.0.0.2:4040", new UiProbe.Result.Unclear(true));
        feed.changed(pod("uid-2", "app-2", up("10.0.0.2")));
        awaitRunning("app-1");
        uis.put("10.0.0.1:4040", new UiProbe.Result.Unclear(false));
        int before = asked.size();
        source.lookSoon("app-1");
        await().until(() -> asked.size() > before);
        awaitAbsent("app-2", life -> life instanceof ApplicationLife.Starting);
        awaitRunning("app-1");
    }

    @Test
    void anIdBelongsToTheNamespaceThatHadItFirst() {
        // Given
        uis.put("10.0.0.1:4040", running("app-1"));
        uis.put("10.6.6.6:4040", running("app-1"));
        feed.changed(pod("uid-6", "evil", "app-1", up("10.6.6.6"), BEFORE.plusSeconds(1)));
        feed.changed(pod("uid-1", "etl", "app-1", up("10.0.0.1"), BEFORE));
        await().until(() ->
                last().running().stream().anyMatch(app -> app.ui().host().equals("10.0.0.1")));
        assertThat(last().running()).hasSize(1);

        // When: started again in its own namespace
        uis.put("10.0.0.2:4040", running("app-1"));
        feed.changed(pod("uid-2", "etl", "app-1", up("10.0.0.2"), BEFORE.plusSeconds(2)));
        await().until(() ->
                last().running().stream().anyMatch(app -> app.ui().host().equals("10.0.0.2")));
        feed.deleted("uid-1");
        feed.changed(pod("uid-9", "app-9", new DriverPod.Pending("Wait.")));

        // Then
        awaitAbsent("app-9", new ApplicationLife.Pending("Wait."));
        assertThat(last().running()).extracting(app -> app.ui().host()).containsExactly("10.0.0.2");

        // When
        feed.deleted("uid-2");

        // Then: nobody inherits it
        await().until(() -> last().running().isEmpty());
        feed.changed(pod("uid-7", "evil", "app-1", up("10.6.6.6"), NOW));
        feed.changed(pod("uid-9", "app-9", new DriverPod.Pending("Still.")));
        awaitAbsent("app-9", new ApplicationLife.Pending("Still."));
        assertThat(last().running()).isEmpty();
    }

    /** Namespaces of clusters are different ones, whatever their names. */
    @Test
    void anIdBelongsToTheClusterThatHadItFirst() {
        // Given
        FakeFeed otherFeed = new FakeFeed();
        List<Findings> other = new CopyOnWriteArrayList<>();
        PodSource us = new PodSource("us", otherFeed, owners, this::probe, scheduler, () -> NOW);
        us.start(other::add);
        uis.put("10.0.0.1:4040", running("app-1"));
        uis.put("10.6.6.6:4040", running("app-1"));
        feed.changed(pod("uid-1", "etl", "app-1", up("10.0.0.1"), BEFORE));
        awaitRunning("app-1");

        // When
        otherFeed.changed(pod("uid-6", "etl", "app-1", up("10.6.6.6"), NOW));
        otherFeed.changed(pod("uid-7", "etl", "app-7", new DriverPod.Pending("Wait."), NOW));
        feed.deleted("uid-1");
        await().until(() -> last().running().isEmpty());

        // Then
        otherFeed.changed(pod("uid-7", "etl", "app-7", new DriverPod.Pending("Still."), NOW));
        await().until(() -> !other.isEmpty() && isPending(other.getLast(), "Still."));
        assertThat(other).allSatisfy(findings -> {
            assertThat(findings.running()).isEmpty();
            assertThat(findings.absent()).extracting(AbsentApplication::id).doesNotContain("app-1");
        });

        // When: that cluster is not there any more, or has another name
        owners.use(Set.of("us"));
        otherFeed.changed(pod("uid-7", "etl", "app-7", new DriverPod.Pending("Wait."), NOW));

        // Then
        await().until(() -> other.getLast().running().size() == 1);
        us.close();
    }

    private static boolean isPending(Findings findings, String reason) {
        return findings.absent().stream().anyMatch(absent -> absent.life().equals(new ApplicationLife.Pending(reason)));
    }

    @Test
    void itIsSyncedOnceAllPodsHaveBeenToldOrCannotBe() {
        assertThat(source.isSynced()).isFalse();
        feed.changed(pod("uid-1", "app-1", new DriverPod.Pending("Wait.")));
        awaitAbsent("app-1", new ApplicationLife.Pending("Wait."));
        assertThat(source.isSynced()).isFalse();
        feed.listed();
        await().until(source::isSynced);

        // When
        feed.troubled("Pods may not be listed.");

        // Then
        await().until(() -> source.trouble().equals("Pods may not be listed."));
        assertThat(last().absent()).as("what is known stays").hasSize(1);
        feed.troubled("");
        await().until(() -> source.trouble().isEmpty());
    }

    @Test
    void aClusterThatCannotBeSeenKeepsNobodyFromBeingReady() {
        feed.troubled("The API server does not answer.");
        await().until(source::isSynced);
    }

    @Test
    void manyChangesAreToldTogether() {
        for (int i = 0; i < 5000; i++) {
            feed.changed(pod("uid-" + i, "app-" + i, new DriverPod.Pending("Wait.")));
        }
        await().until(() -> last().absent().size() == 5000);
        assertThat(told.size()).isLessThan(500);
    }

    @Test
    void aClosedSourceTellsNothing() throws Exception {
        source.close();
        assertThat(feed.closed).isTrue();
        feed.changed(pod("uid-1", "app-1", new DriverPod.Pending("Wait.")));
        CompletableFuture.runAsync(() -> {}, scheduler).get();
        assertThat(told).isEmpty();
    }

    private CompletableFuture<UiProbe.Result> probe(Upstream ui) {
        asked.add(ui);
        return CompletableFuture.completedFuture(uis.getOrDefault(ui.authority(), new UiProbe.Result.Gone()));
    }

    private Findings last() {
        return told.isEmpty() ? Findings.NONE : told.getLast();
    }

    private Application awaitRunning(String id) {
        await().atMost(Duration.ofSeconds(20))
                .until(() -> last().running().stream().anyMatch(app -> app.id().equals(id)));
        return last().running().stream()
                .filter(app -> app.id().equals(id))
                .findFirst()
                .orElseThrow();
    }

    private void awaitAbsent(String id, ApplicationLife life) {
        awaitAbsent(id, life::equals);
    }

    private void awaitAbsent(String id, Predicate<ApplicationLife> expected) {
        await().atMost(Duration.ofSeconds(20))
                .until(() -> last().absent().stream()
                        .anyMatch(absent -> absent.id().equals(id) && expected.test(absent.life())));
    }

    private static DriverPod.Up up(String address) {
        return new DriverPod.Up(address, 4040, true);
    }

    private static DriverPod pod(String uid, @Nullable String id, DriverPod.State state) {
        return pod(uid, "etl", id, state, BEFORE);
    }

    private static DriverPod pod(
            String uid, String namespace, @Nullable String id, DriverPod.State state, Instant created) {
        return new DriverPod(
                uid, namespace, "pod-" + uid, created, id, "name of " + id, "alice", state, "Its pod was evicted.");
    }

    private static UiProbe.Result running(String id) {
        return new UiProbe.Result.Running(id, SparkJson.listing(id, "one", null));
    }

    private static final class FakeFeed implements PodFeed, PodFeed.Listener {
        private final List<Listener> listeners = new ArrayList<>();
        boolean closed;

        @Override
        public void start(Listener listener) {
            listeners.add(listener);
        }

        @Override
        public void changed(DriverPod pod) {
            listeners.forEach(listener -> listener.changed(pod));
        }

        @Override
        public void deleted(String uid) {
            listeners.forEach(listener -> listener.deleted(uid));
        }

        @Override
        public void listed() {
            listeners.forEach(Listener::listed);
        }

        @Override
        public boolean mayRunDriver(InetAddress address) {
            return false;
        }

        @Override
        public void troubled(String trouble) {
            listeners.forEach(listener -> listener.troubled(trouble));
        }

        @Override
        public void close() {
            closed = true;
        }
    }
}
