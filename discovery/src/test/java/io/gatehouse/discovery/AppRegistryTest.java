// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.proxy.Upstream;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Sources come and go while requests are served. */
class AppRegistryTest {
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final AppRegistry registry = new AppRegistry(meters);
    private final FakeSource first = new FakeSource("one");
    private final FakeSource second = new FakeSource("two");

    @Test
    void earlierSourcesTakePrecedenceWhateverTheOrderOfTheirReports() {
        registry.use(List.of(first, second));
        second.finds("app-1", "app-2");
        first.finds("app-1");
        assertThat(registry.get().find("app-1").source()).isEqualTo("one");
        assertThat(registry.get().find("app-2").source()).isEqualTo("two");
        assertThat(meters.get("gatehouse.apps").tag("state", "running").gauge().value())
                .isEqualTo(2);

        first.finds();
        assertThat(registry.get().find("app-1").source()).isEqualTo("two");
    }

    @Test
    void aReloadClosesTheOldSourcesAndTheirLateReportsChangeNothing() {
        // Given
        registry.use(List.of(first));
        first.finds("app-1");

        // When
        registry.use(List.of(second));

        // Then
        assertThat(first.closed).isTrue();
        assertThat(second.started).isTrue();
        first.finds("app-1", "app-9");
        assertThat(registry.get().size()).isZero();
        second.finds("app-2");
        assertThat(ids()).containsExactly("app-2");
    }

    @Test
    void whatASourceFoundStaysUntilItsSuccessorHasLooked() {
        // Given
        registry.use(List.of(first, second));
        first.finds("app-1", "app-2");
        second.finds("app-3");

        // When
        FakeSource successor = new FakeSource("one");
        registry.use(List.of(successor));

        // Then
        assertThat(ids()).containsExactly("app-1", "app-2");
        successor.finds("app-2");
        assertThat(ids()).containsExactly("app-2", "app-1");
        FakeSource third = new FakeSource("one");
        registry.use(List.of(third));
        assertThat(ids()).as("a second reload in between").contains("app-1", "app-2");
        third.synced = true;
        third.finds("app-2");
        assertThat(ids()).containsExactly("app-2");
    }

    @Test
    void aClosedRegistryKnowsNothing() {
        registry.use(List.of(first));
        first.finds("app-1");
        registry.close();
        assertThat(first.closed).isTrue();
        assertThat(registry.get().size()).isZero();
    }

    @Test
    void whatEndedAMomentAgoIsRememberedForAWhile() {
        // Given
        AtomicReference<Instant> now = new AtomicReference<>(Instant.EPOCH);
        AppRegistry remembering = new AppRegistry(new SimpleMeterRegistry(), now::get);
        remembering.use(List.of(first, second));
        first.finds("app-1", "app-2");

        // When
        first.finds("app-2");

        // Then
        AppDirectory directory = remembering.get();
        assertThat(directory.life("app-1")).isEqualTo(new ApplicationLife.Ended(Instant.EPOCH));
        assertThat(directory.life("app-2")).isInstanceOf(ApplicationLife.Running.class);
        assertThat(directory.life("app-3")).isInstanceOf(ApplicationLife.Unknown.class);
        assertThat(directory.applications()).extracting(Application::id).containsExactly("app-2");

        // When
        now.set(Instant.EPOCH.plus(RecentlyEnded.REMEMBERED));
        second.finds("app-9");
        assertThat(remembering.get().life("app-1"))
                .as("the moment that counts is when it ended")
                .isEqualTo(new ApplicationLife.Ended(Instant.EPOCH));
        now.set(Instant.EPOCH.plus(RecentlyEnded.REMEMBERED).plusSeconds(1));
        second.finds("app-9");

        // Then
        assertThat(remembering.get().life("app-1")).isInstanceOf(ApplicationLife.Unknown.class);
    }

    @Test
    void whatIsBackHasNotEnded() {
        registry.use(List.of(first));
        first.finds("app-1");
        first.finds();
        assertThat(registry.get().life("app-1")).isInstanceOf(ApplicationLife.Ended.class);
        first.finds("app-1");
        assertThat(registry.get().life("app-1")).isInstanceOf(ApplicationLife.Running.class);
        first.finds();
        assertThat(registry.get().life("app-1")).isInstanceOf(ApplicationLife.Ended.class);
    }

    @Test
    void ofManyThatEndedTheLatestAreRemembered() {
        registry.use(List.of(first));
        String[] many =
                IntStream.range(0, RecentlyEnded.MOST).mapToObj(i -> "app-" + i).toArray(String[]::new);
        first.finds("first");
        first.finds(many);
        assertThat(registry.get().life("first")).isInstanceOf(ApplicationLife.Ended.class);
        first.finds();
        assertThat(registry.get().life("first")).isInstanceOf(ApplicationLife.Unknown.class);
        assertThat(registry.get().life("app-0")).isInstanceOf(ApplicationLife.Ended.class);
    }

    @Test
    void aSourceThatStaysIsNeitherClosedNorStartedAgain() {
        // Given
        registry.use(List.of(first, second));
        first.finds("app-1");
        second.finds("app-2");
        first.started = false;

        // When
        registry.use(List.of(first));

        // Then
        assertThat(first.started).isFalse();
        assertThat(first.closed).isFalse();
        assertThat(second.closed).isTrue();
        assertThat(ids()).containsExactly("app-1");
        first.finds("app-1", "app-3");
        assertThat(ids()).containsExactly("app-1", "app-3");
    }

    @Test
    void whatASourceTellsOfThoseThatDoNotRunIsKnownAndRememberedOnceTheyAreOver() {
        // Given
        AppRegistry remembering = new AppRegistry(new SimpleMeterRegistry(), () -> Instant.EPOCH);
        remembering.use(List.of(first, second));
        ApplicationLife pending = new ApplicationLife.Pending("Wait.");
        ApplicationLife failed = new ApplicationLife.Failed(Instant.EPOCH, "Exit code 1.");
        first.finds("app-1");

        // When
        first.tells(AbsentApplication.of("app-1", failed), AbsentApplication.of("app-2", pending));
        second.finds("app-3");

        // Then
        assertThat(remembering.get().life("app-1")).isEqualTo(failed);
        assertThat(remembering.get().life("app-2")).isEqualTo(pending);

        // When: it tells nothing more of them
        first.tells();

        // Then
        assertThat(remembering.get().life("app-1")).isEqualTo(failed);
        assertThat(remembering.get().life("app-2")).isInstanceOf(ApplicationLife.Unknown.class);

        // When: another source knows better
        second.finds("app-1");

        // Then
        assertThat(remembering.get().life("app-1")).isInstanceOf(ApplicationLife.Running.class);
        first.tells(AbsentApplication.of("app-1", failed));
        assertThat(remembering.get().life("app-1")).isInstanceOf(ApplicationLife.Running.class);
        second.finds();
        assertThat(remembering.get().life("app-1")).isEqualTo(failed);
    }

    @Test
    void whatKeepsASourceFromSeeingIsPartOfTheDirectory() {
        registry.use(List.of(first, second));
        assertThat(registry.troubles()).isEmpty();
        second.trouble = "The API server does not answer.";
        second.finds("app-1");
        assertThat(registry.troubles()).isEqualTo(Map.of("two", "The API server does not answer."));
        assertThat(registry.get().troubles()).isEqualTo(registry.troubles());
    }

    @Test
    void sourcesThatHaveNotLookedAreNamed() {
        registry.use(List.of(first, second));
        first.synced = true;
        assertThat(registry.unsynced()).containsExactly("two");
        registry.lookSoon("app-x");
        assertThat(first.wishes + second.wishes).isEqualTo(2);
    }

    @Test
    void beforeTheFirstSourcesNobodyHasLooked() {
        assertThat(registry.unsynced()).isNotEmpty();
        registry.use(List.of());
        assertThat(registry.unsynced()).isEmpty();
    }

    @Test
    void aReloadDoesNotTakeReadinessBack() {
        // Given
        registry.use(List.of(first));
        first.synced = true;

        // When: nobody has asked in between
        registry.use(List.of(second));

        // Then
        assertThat(registry.unsynced()).isEmpty();
    }

    @Test
    void aReloadBeforeTheFirstLookWaitsForTheNewSources() {
        registry.use(List.of(first));
        registry.use(List.of(second));
        assertThat(registry.unsynced()).containsExactly("two");
        second.synced = true;
        assertThat(registry.unsynced()).isEmpty();
        registry.use(List.of(first));
        assertThat(registry.unsynced()).isEmpty();
    }

    @Test
    void aRequestKeepsItsSnapshot() {
        registry.use(List.of(first));
        first.finds("app-1");
        AppDirectory snapshot = registry.get();
        first.finds();
        assertThat(snapshot.find("app-1")).isNotNull();
        assertThat(registry.get()).isNotSameAs(snapshot);
    }

    @Test
    void reportsFromManyThreadsAreAllCounted() throws Exception {
        // Given
        List<FakeSource> sources = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            sources.add(new FakeSource("s" + i));
        }
        registry.use(List.copyOf(sources));
        CountDownLatch go = new CountDownLatch(1);

        // When
        List<Thread> threads = sources.stream()
                .map(source -> Thread.ofPlatform().start(() -> {
                    try {
                        go.await();
                    } catch (InterruptedException e) {
                        return;
                    }
                    for (int i = 0; i < 200; i++) {
                        source.finds(source.name + "-" + i);
                    }
                }))
                .toList();
        go.countDown();
        for (Thread thread : threads) {
            thread.join();
        }

        // Then
        assertThat(ids())
                .containsExactly("s0-199", "s1-199", "s2-199", "s3-199", "s4-199", "s5-199", "s6-199", "s7-199");
    }

    private List<String> ids() {
        return registry.get().applications().stream().map(Application::id).toList();
    }

    private static final class FakeSource implements AppSource {
        final String name;
        private Consumer<Findings> found = findings -> {};
        boolean started;
        boolean closed;
        boolean synced;
        int wishes;
        String trouble = "";

        FakeSource(String name) {
            this.name = name;
        }

        void finds(String... ids) {
            List<Application> applications = new ArrayList<>();
            for (String id : ids) {
                applications.add(new Application(id, name, new Upstream("driver", 4040), null));
            }
            found.accept(Findings.running(applications));
        }

        void tells(AbsentApplication... absent) {
            found.accept(new Findings(List.of(), List.of(absent)));
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public String trouble() {
            return trouble;
        }

        @Override
        public void start(Consumer<Findings> consumer) {
            started = true;
            found = consumer;
        }

        @Override
        public void lookSoon(String id) {
            wishes++;
        }

        @Override
        public boolean isSynced() {
            return synced;
        }

        @Override
        public void close() {
            closed = true;
        }
    }
}
