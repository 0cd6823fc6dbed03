// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.it.cluster;

import static io.gatehouse.it.cluster.Grant.rule;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.discovery.DriverPod.Over;
import io.gatehouse.discovery.DriverPod.Pending;
import io.gatehouse.discovery.DriverPod.Up;
import io.gatehouse.discovery.PodFeed;
import io.gatehouse.discovery.kubernetes.ClusterAccess;
import io.gatehouse.discovery.kubernetes.KubernetesPods;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Drivers' pods as a real API server tells them, whatever happens to it. */
@ClusterTest
class PodsCT {
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(500);
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final Cluster cluster;
    /** Of one test: what others leave behind is not there. */
    private final TestNamespace namespace;

    private final Seen seen = new Seen();
    private final List<KubernetesPods> feeds = new CopyOnWriteArrayList<>();

    PodsCT(Cluster cluster) {
        this.cluster = cluster;
        this.namespace = cluster.namespace("pods");
    }

    @AfterEach
    void close() throws Exception {
        feeds.forEach(KubernetesPods::close);
        cluster.heal();
        namespace.close();
    }

    @Test
    void aPodsWayIsToldWithLeaveToListAndWatchPodsAndNothingElse() throws Exception {
        // Given
        Account account = namespace.account("least", rule("pods", "list", "watch"));
        DriverPod early = namespace.pods().driver("early").create();
        watch(account, namespace.name());
        await().atMost(PATIENCE).until(() -> seen.listed.get() == 1);
        assertThat(seen.state(early)).isEqualTo(new Pending("No node has been chosen for its pod yet."));

        // When / Then
        DriverPod pod = namespace.pods().driver("pi").uiPort(4055).create();
        seen.awaitState(pod, new Pending("No node has been chosen for its pod yet."));
        pod.unschedulable("0/3 nodes are available: 3 Insufficient memory.");
        seen.awaitState(pod, new Pending("No node can take its pod: 0/3 nodes are available: 3 Insufficient memory."));
        pod.waiting("ImagePullBackOff", "Back-off pulling image");
        seen.awaitState(pod, new Pending("Its image cannot be had (ImagePullBackOff): spark:4.3.0."));
        pod.ready("127.0.0.5");
        seen.awaitState(pod, new Up("127.0.0.5", 4055, true));
        assertThat(seen.of(pod).applicationId()).isEqualTo(pod.applicationId());
        assertThat(seen.of(pod).applicationName()).isEqualTo("pi");
        assertThat(seen.of(pod).user()).isEqualTo("spark");
        pod.outOfMemory();
        await().atMost(PATIENCE).until(() -> seen.state(pod) instanceof Over);
        assertThat(((Over) seen.state(pod)).failure()).contains("OOMKilled", "137");
        pod.gone();
        await().atMost(PATIENCE).until(() -> seen.deleted.equals(List.of(pod.uid())));

        // Then: it has asked for nothing but that
        assertThat(cluster.auditLog().requestsOf(account)).isNotEmpty().allSatisfy(request -> {
            assertThat(request.resource()).isEqualTo("pods");
            assertThat(request.verb()).isIn("list", "watch");
            assertThat(request.namespace()).isEqualTo(namespace.name());
            // A watch is a WebSocket.
            assertThat(request.code()).isEqualTo(request.verb().equals("watch") ? 101 : 200);
        });
        assertThat(seen.troubles).isEmpty();
    }

    /** A list from the watch cache has all pods, whatever limit is asked for. */
    @Test
    void lookingWhetherTheApiServerAnswersReadsNoPods() throws Exception {
        // Given
        Account account = namespace.account("looking", rule("pods", "list", "watch"));
        for (int i = 0; i < 20; i++) {
            namespace.pods().driver("one-of-many-" + i).create();
        }
        watch(account, namespace.name());
        await().atMost(PATIENCE).until(() -> seen.all.size() == 20);

        // When
        double small = smallPodLists();
        int asked = cluster.auditLog().requestsOf(account).size();

        // Then
        await().atMost(PATIENCE)
                .until(() -> cluster.auditLog().requestsOf(account).size() >= asked + 5);
        assertThat(smallPodLists() - small).isGreaterThanOrEqualTo(5);
    }

    /** How many answers to lists of pods had at most 1,000 bytes. */
    private double smallPodLists() {
        return cluster.admin()
                .raw("/metrics")
                .lines()
                .filter(line -> line.startsWith("apiserver_response_sizes_bucket{")
                        && line.contains("resource=\"pods\"")
                        && line.contains("verb=\"LIST\"")
                        && line.contains("le=\"1000\""))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    @Test
    void nothingIsLostDoubledOrLeftBehindWhenTheApiServerForgetsWhereWeWere() throws Exception {
        // Given
        Account account = namespace.account("restart");
        Grant grant = cluster.grant(account, namespace.name(), rule("pods", "list", "watch"));
        DriverPod stays = namespace.pods().driver("stays").create().ready("127.0.0.5");
        DriverPod changes = namespace.pods().driver("changes").create().ready("127.0.0.6");
        DriverPod goes = namespace.pods().driver("goes").create().ready("127.0.0.7");
        DriverPod anew = namespace.pods().driver("anew").create();
        watch(account, namespace.name());
        for (DriverPod pod : List.of(stays, changes, goes)) {
            await().atMost(PATIENCE).until(() -> seen.has(pod) && seen.state(pod) instanceof Up);
        }
        await().atMost(PATIENCE).until(() -> seen.has(anew));

        // When: everything happens while the feed cannot see it, as its connections are cut, and it is refused when it
        // comes again
        seen.changes.clear();
        io.gatehouse.discovery.DriverPod toldOfWhatStays = seen.of(stays);
        grant.revoke();
        cluster.stopApiServer();
        await().atMost(PATIENCE).until(() -> !seen.trouble().isEmpty());
        assertThat(seen.trouble()).isEqualTo("The API server does not answer.");
        cluster.startApiServer();
        await().atMost(PATIENCE).until(() -> seen.trouble().contains("may not be listed"));
        // For so long that it trusts no connection any more, and begins anew.
        await().atMost(PATIENCE).until(() -> refused(account) >= 10);
        changes.succeeded();
        goes.gone();
        anew.gone();
        DriverPod again = namespace.pods().driver("anew").create();
        DriverPod late = namespace.pods().driver("late").create();
        assertThat(seen.changes).isEmpty();
        assertThat(seen.deleted).isEmpty();
        // Its watch would begin at a version that the new API server does not know.
        cluster.restartApiServer();
        cluster.grant(account, namespace.name(), rule("pods", "list", "watch"));
        late.ready("127.0.0.8");

        // Then
        await().atMost(PATIENCE).until(() -> seen.has(late) && seen.state(late) instanceof Up);
        await().atMost(PATIENCE).until(() -> seen.trouble().isEmpty());
        await().atMost(PATIENCE).until(() -> seen.all.keySet().containsAll(List.of(again.uid())));
        assertThat(seen.all.keySet()).containsExactlyInAnyOrder(stays.uid(), changes.uid(), again.uid(), late.uid());
        assertThat(seen.of(stays)).isEqualTo(toldOfWhatStays);
        assertThat(seen.state(changes)).isInstanceOf(Over.class);
        assertThat(seen.deleted).containsExactlyInAnyOrder(goes.uid(), anew.uid());
        assertThat(seen.listed).hasValue(1);
    }

    @Test
    void aPermissionThatIsMissingIsSaidAndRecoversByItself() throws Exception {
        // Given
        Account account = namespace.account("poor");
        DriverPod pod = namespace.pods().driver("unseen").create();
        watch(account, namespace.name());
        await().atMost(PATIENCE)
                .until(() -> seen.trouble()
                        .equals("Pods of namespace " + namespace.name()
                                + " may not be listed: the account needs list and watch of pods there."));
        assertThat(seen.all).isEmpty();

        // When
        Grant list = cluster.grant(account, namespace.name(), rule("pods", "list"));

        // Then: that alone does not do
        await().atMost(PATIENCE).until(() -> seen.trouble().contains("may not be watched"));

        // When
        Grant watch = cluster.grant(account, namespace.name(), rule("pods", "watch"));

        // Then
        await().atMost(PATIENCE).until(() -> seen.trouble().isEmpty() && seen.has(pod));
        DriverPod other = namespace.pods().driver("seen").create();
        await().atMost(PATIENCE).until(() -> seen.has(other));

        // When: it is taken away later
        list.revoke();
        watch.revoke();

        // Then
        await().atMost(PATIENCE).until(() -> seen.trouble().contains("may not be listed"));
        assertThat(seen.all).as("what was known stays").hasSize(2);
    }

    @Test
    void anApiServerThatHangsIsNoticedAndWhatHappenedMeanwhileIsTold() throws Exception {
        // Given
        Account account = namespace.account("hanging", rule("pods", "list", "watch"));
        DriverPod pod = namespace.pods().driver("hangs").create();
        watch(account, namespace.name());
        await().atMost(PATIENCE).until(() -> seen.has(pod));

        // When
        cluster.pauseApiServer();

        // Then
        await().atMost(PATIENCE).until(() -> seen.trouble().equals("The API server does not answer."));
        cluster.resumeApiServer();
        await().atMost(PATIENCE).until(() -> seen.trouble().isEmpty());
        pod.ready("127.0.0.9");
        seen.awaitState(pod, new Up("127.0.0.9", 4040, true));
    }

    @Test
    void allNamespacesAreSeenWithOneWatch() throws Exception {
        // Given
        Account account = namespace.account("everywhere");
        cluster.grantEverywhere(account, rule("pods", "list", "watch"));
        try (TestNamespace other = cluster.namespace("other")) {
            DriverPod here = namespace.pods().driver("here").create();
            DriverPod there = other.pods().driver("there").create();

            // When
            watch(account);

            // Then
            await().atMost(PATIENCE).until(() -> seen.has(here) && seen.has(there));
            assertThat(seen.of(there).namespace()).isEqualTo(other.name());
            // The log comes a moment after the answer.
            await().atMost(PATIENCE).until(() -> watches(account) > 0);
            DriverPod late = namespace.pods().driver("late").create();
            await().atMost(PATIENCE).until(() -> seen.has(late));
            assertThat(watches(account)).isEqualTo(1);
        }
    }

    @Test
    void podsOfNotebooksAreWhereDriversInClientModeMayRun() throws Exception {
        // Given
        InetAddress address = InetAddress.ofLiteral("127.0.0.11");
        DriverPod notebook = namespace
                .pods()
                .driver("notebook")
                .edit(pod ->
                        pod.editMetadata().withLabels(Map.of("app", "notebook")).endMetadata())
                .create();
        DriverPod other = namespace
                .pods()
                .driver("other")
                .edit(pod ->
                        pod.editMetadata().withLabels(Map.of("app", "shop")).endMetadata())
                .create()
                .ready("127.0.0.12");
        KubernetesPods feed =
                start(namespace.account("notebooks", rule("pods", "list", "watch")), "app=notebook", namespace.name());
        assertThat(feed.mayRunDriver(address)).isFalse();

        // When
        notebook.ready("127.0.0.11");

        // Then
        await().atMost(PATIENCE).until(() -> feed.mayRunDriver(address));
        assertThat(feed.mayRunDriver(InetAddress.ofLiteral("127.0.0.12"))).isFalse();
        assertThat(seen.all).as("a notebook is no driver of cluster mode").isEmpty();

        // When: its address may be anybody's now
        notebook.gone();

        // Then
        await().atMost(PATIENCE).until(() -> !feed.mayRunDriver(address));
        assertThat(other.pod()).isNotNull();
    }

    private long watches(Account account) {
        return cluster.auditLog().requestsOf(account).stream()
                .filter(request -> request.verb().equals("watch"))
                .count();
    }

    private long refused(Account account) {
        return cluster.auditLog().requestsOf(account).stream()
                .filter(request -> request.code() == HttpURLConnection.HTTP_FORBIDDEN)
                .count();
    }

    private void watch(Account account, String... namespaces) throws Exception {
        start(account, null, namespaces);
    }

    private KubernetesPods start(Account account, String clientMode, String... namespaces) throws Exception {
        KubernetesPods feed = KubernetesPods.of(
                "test",
                new ClusterAccess.Kubeconfig(account.kubeconfig(), null),
                List.of(namespaces),
                clientMode,
                BETWEEN_LOOKS);
        feeds.add(feed);
        feed.start(seen);
        return feed;
    }

    /** What has been told. */
    private static final class Seen implements PodFeed.Listener {
        final Map<String, io.gatehouse.discovery.DriverPod> all = new ConcurrentHashMap<>();
        final List<String> changes = new CopyOnWriteArrayList<>();
        final List<String> deleted = new CopyOnWriteArrayList<>();
        final List<String> troubles = new CopyOnWriteArrayList<>();
        final AtomicInteger listed = new AtomicInteger();

        @Override
        public void changed(io.gatehouse.discovery.DriverPod pod) {
            changes.add(pod.uid());
            all.put(pod.uid(), pod);
        }

        @Override
        public void deleted(String uid) {
            deleted.add(uid);
            all.remove(uid);
        }

        @Override
        public void listed() {
            listed.incrementAndGet();
        }

        @Override
        public void troubled(String trouble) {
            troubles.add(trouble);
        }

        String trouble() {
            return troubles.isEmpty() ? "" : troubles.getLast();
        }

        boolean has(DriverPod pod) {
            return all.containsKey(pod.uid());
        }

        io.gatehouse.discovery.DriverPod of(DriverPod pod) {
            return all.get(pod.uid());
        }

        io.gatehouse.discovery.DriverPod.State state(DriverPod pod) {
            return of(pod).state();
        }

        void awaitState(DriverPod pod, io.gatehouse.discovery.DriverPod.State state) {
            await().atMost(PATIENCE).until(() -> has(pod) && state(pod).equals(state));
        }
    }
}
