// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import static io.gatehouse.discovery.SourceFixture.INTERVAL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.proxy.UpstreamGroup;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Drivers in client mode, found through a History Server, over real sockets. */
class HistorySourceIT {
    private final AtomicLong now = new AtomicLong();
    private final Set<String> elsewhere = ConcurrentHashMap.newKeySet();
    private final Set<InetAddress> asked = ConcurrentHashMap.newKeySet();
    private SourceFixture fixture;
    private FakeSpark history;
    private HistorySource source;

    @BeforeEach
    void open() throws Exception {
        fixture = new SourceFixture();
        history = new FakeSpark();
    }

    @AfterEach
    void close() throws Exception {
        fixture.close();
        history.close();
    }

    @Test
    void anUnfinishedApplicationIsFoundAtItsDriver() throws Exception {
        try (FakeSpark driver = FakeSpark.driver("local-1")) {
            // Given
            unfinished("local-1");
            environment("local-1", driver.port());

            // When
            start();

            // Then
            await().until(() -> fixture.ids().equals(List.of("local-1")));
            Application application = fixture.registry.get().find("local-1");
            assertThat(application.ui()).isEqualTo(driver.upstream());
            assertThat(application.source()).isEqualTo("history");
            assertThat(application.listing().name()).isEqualTo("a name");
        }
    }

    @Test
    void itsEnvironmentIsAskedForOnceAndItsDriverEachRound() throws Exception {
        try (FakeSpark driver = FakeSpark.driver("local-1")) {
            unfinished("local-1");
            environment("local-1", driver.port());
            start();
            await().until(() -> driver.requests().size() > 4);
            assertThat(history.requestsFor("/environment")).isEqualTo(1);
            assertThat(history.requestsFor("status=running")).isGreaterThan(2);
        }
    }

    @Test
    void noRequestCarriesAnythingOfAnyViewer() throws Exception {
        try (FakeSpark driver = FakeSpark.driver("local-1")) {
            unfinished("local-1");
            environment("local-1", driver.port());
            start();
            await().until(() -> driver.requests().size() > 1);
            List<String> all = new ArrayList<>(driver.requests());
            all.addAll(history.requests());
            assertThat(all)
                    .allSatisfy(head -> assertThat(head.lines().skip(1).filter(line -> !line.isEmpty()))
                            .allMatch(line -> line.matches("(Host|User-Agent|Accept|Via): .*")));
        }
    }

    @Test
    void aHostOutsideTheAllowedNetworksIsNeverConnectedTo() throws Exception {
        try (ServerSocket secret = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.2"));
                FakeSpark driver = FakeSpark.driver("local-2")) {
            // Given: the job says that its driver is somewhere it must not be
            secret.setSoTimeout(50);
            unfinished("evil-1", "evil-2", "local-2");
            history.environment(
                    "evil-1", "spark.driver.host", "127.0.0.2", "spark.ui.port", "" + secret.getLocalPort());
            history.environment(
                    "evil-2", "spark.driver.host", "0177.0.0.2", "spark.ui.port", "" + secret.getLocalPort());
            environment("local-2", driver.port());

            // When
            start(address -> address.getHostAddress().equals("127.0.0.1"));
            await().until(() -> fixture.ids().equals(List.of("local-2")));
            await().until(() -> history.requestsFor("/environment") >= 3);
            now.addAndGet(Duration.ofHours(1).toNanos());
            await().until(() -> history.requestsFor("/environment") >= 5);

            // Then
            assertThat(asked).contains(InetAddress.getByName("127.0.0.2"));
            assertThat(accepts(secret)).isFalse();
            assertThat(fixture.ids()).containsExactly("local-2");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"%d/latest/meta-data?x=", "%d@127.0.0.1", "0%d", " %d", "%d\\n", "+%d"})
    void aPortThatIsMoreThanANumberIsNotUsed(String junk) throws Exception {
        try (FakeSpark victim = FakeSpark.driver("evil-1")) {
            unfinished("evil-1");
            history.environment(
                    "evil-1", "spark.driver.host", "127.0.0.1", "spark.ui.port", junk.formatted(victim.port()));
            start();
            await().until(() -> history.requestsFor("/environment") >= 1);
            now.addAndGet(Duration.ofHours(1).toNanos());
            await().until(() -> history.requestsFor("/environment") >= 2);
            assertThat(victim.connections()).isZero();
        }
    }

    @Test
    void aNameIsResolvedOnceAndItsAddressPinned() throws Exception {
        try (FakeSpark driver = FakeSpark.driver("local-1")) {
            unfinished("local-1");
            history.environment("local-1", "spark.driver.host", "localhost", "spark.ui.port", "" + driver.port());
            start();
            await().until(() -> fixture.ids().equals(List.of("local-1")));
            assertThat(fixture.registry.get().find("local-1").ui().host()).isEqualTo("127.0.0.1");
            assertThat(driver.requests()).allSatisfy(head -> assertThat(head).contains("Host: 127.0.0.1:"));
        }
    }

    @Test
    void amongSeveralUisOnOneHostTheRightOneIsFound() throws Exception {
        // Given: no port is configured, others have taken the first ones
        List<FakeSpark> uis = new ArrayList<>();
        try {
            for (int i = 0; i < 12; i++) {
                uis.add(new FakeSpark());
            }
            FakeSpark right = lastOfARun(uis);
            uis.forEach(ui -> ui.runs("other-" + ui.port()));
            right.runs("local-1");
            FakeSpark hung = uis.stream().filter(ui -> ui != right).findFirst().orElseThrow();
            hung.hang(true);
            unfinished("local-1");
            history.environment("local-1", "spark.driver.host", "127.0.0.1");

            // When
            source = source(address -> true, right.port() - 10);
            fixture.registry.use(List.of(source));

            // Then
            await().atMost(Duration.ofSeconds(1)).until(() -> fixture.ids().equals(List.of("local-1")));
            assertThat(fixture.registry.get().find("local-1").ui()).isEqualTo(right.upstream());
        } finally {
            for (FakeSpark ui : uis) {
                ui.close();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void somebodyElseAtTheAddressLaterGetsNobodysRequests(boolean spark) throws Exception {
        try (FakeSpark driver = FakeSpark.driver("local-1")) {
            // Given
            unfinished("local-1");
            environment("local-1", driver.port());
            start();
            await().until(() -> fixture.ids().equals(List.of("local-1")));

            // When: the History Server still takes it for running
            if (spark) {
                driver.runs("local-2");
            } else {
                driver.always(FakeSpark.response(200, "text/html", "<h1>a tenant's shop</h1>"));
            }

            // Then
            await().until(() -> fixture.ids().isEmpty());
        }
    }

    /** The pod of a notebook has gone, and its address with it: whoever has that now knows the id, which is no secret. */
    @Test
    void aDriverWhereNoneMayBeAnyMoreIsGoneWhateverItSays() throws Exception {
        try (FakeSpark driver = FakeSpark.driver("local-1")) {
            // Given
            AtomicBoolean allowed = new AtomicBoolean(true);
            unfinished("local-1");
            environment("local-1", driver.port());
            start(address -> allowed.get());
            await().until(() -> fixture.ids().equals(List.of("local-1")));

            // When
            allowed.set(false);

            // Then
            await().until(() -> fixture.ids().isEmpty());
            int asked = driver.requests().size();
            rounds(3);
            assertThat(driver.requests()).hasSize(asked);

            // When
            allowed.set(true);
            now.addAndGet(Duration.ofHours(1).toNanos());

            // Then
            await().until(() -> fixture.ids().equals(List.of("local-1")));
        }
    }

    @Test
    void aDriverThatNeverAnswersAgainIsTakenForGone() throws Exception {
        try (FakeSpark driver = FakeSpark.driver("local-1")) {
            unfinished("local-1");
            environment("local-1", driver.port());
            start();
            await().until(() -> fixture.ids().equals(List.of("local-1")));
            driver.hang(true);
            await().during(Duration.ofSeconds(1)).until(() -> fixture.ids().equals(List.of("local-1")));
            await().atMost(Duration.ofSeconds(20)).until(() -> fixture.ids().isEmpty());
        }
    }

    @Test
    void aDriverThatIsClosedAndOneThatIsFinishedAreGone() throws Exception {
        try (FakeSpark closes = FakeSpark.driver("local-1");
                FakeSpark finishes = FakeSpark.driver("local-2")) {
            unfinished("local-1", "local-2");
            environment("local-1", closes.port());
            environment("local-2", finishes.port());
            start();
            await().until(() -> fixture.ids().size() == 2);
            closes.close();
            await().until(() -> fixture.ids().equals(List.of("local-2")));
            finishes.lists(SparkJson.entry("local-2", "a name", true));
            await().until(() -> fixture.ids().isEmpty());
        }
    }

    @Test
    void aDriverThatLeavesTheListStaysWhileItSaysThatItRuns() throws Exception {
        try (FakeSpark driver = FakeSpark.driver("local-1")) {
            // Given
            unfinished("local-1");
            environment("local-1", driver.port());
            start();
            await().until(() -> fixture.ids().equals(List.of("local-1")));

            // When: the History Server starts again and has read no log yet
            history.lists();
            rounds(3);

            // Then
            assertThat(fixture.ids()).containsExactly("local-1");
            assertThat(fixture.logged("application gone")).isZero();

            // When
            driver.runs("local-2");

            // Then: neither known nor looked for
            await().until(() -> fixture.ids().isEmpty());
            rounds(2);
            assertThat(history.requestsFor("/environment")).isEqualTo(1);
        }
    }

    @Test
    void aDriverThatIsTooBusyForOneAnswerIsNotForgotten() throws Exception {
        try (FakeSpark driver = FakeSpark.driver("local-1")) {
            // Given
            unfinished("local-1");
            environment("local-1", driver.port());
            start();
            await().until(() -> fixture.ids().equals(List.of("local-1")));

            // When
            String busy = FakeSpark.response(503, "text/html", "busy");
            int asked = driver.requests().size();
            driver.next(busy, busy);
            await().until(() -> driver.requests().size() > asked + 4);

            // Then
            assertThat(fixture.logged("application gone")).isZero();
            assertThat(fixture.ids()).containsExactly("local-1");

            // When / Then: for good
            driver.always(busy);
            await().until(() -> fixture.ids().isEmpty());
        }
    }

    @Test
    void aNotebookThatStartsIsFoundSoonAfterItsUiIsUp() throws Exception {
        try (FakeSpark driver = FakeSpark.driver("local-1")) {
            driver.always(FakeSpark.STARTING);
            unfinished("local-1");
            environment("local-1", driver.port());
            start();
            await().until(() -> driver.requests().size() == 1);
            driver.always(null);
            now.addAndGet(2 * INTERVAL.toNanos());
            await().until(() -> fixture.ids().equals(List.of("local-1")));
        }
    }

    @Test
    void zombiesCostAReplayMoreAndMoreSeldom() throws Exception {
        // Given: 40 applications that ended without saying so
        String[] zombies = new String[40];
        for (int i = 0; i < zombies.length; i++) {
            zombies[i] = "zombie-" + i;
            environment(zombies[i], 1);
        }
        unfinished(zombies);

        // When
        start();
        await().until(() -> history.requestsFor("/environment") == 40);
        rounds(5);

        // Then: time stands still, so nobody is asked for again
        assertThat(history.requestsFor("/environment")).isEqualTo(40);

        // When: 24 intervals pass, a round for each
        for (int interval = 0; interval < 24; interval++) {
            now.addAndGet(INTERVAL.toNanos());
            rounds(1);
        }
        assertThat(history.requestsFor("/zombie-7/environment")).isBetween(3L, 5L);
        assertThat(fixture.scheduler.getQueue())
                .as("bounded by time, not by zombies")
                .hasSizeLessThan(20);
    }

    @Test
    void aNewApplicationIsLookedForBeforeOldOnes() throws Exception {
        try (FakeSpark driver = FakeSpark.driver("new-1")) {
            // Given: many that started earlier, each of which costs time
            List<String> entries = new ArrayList<>();
            for (int i = 0; i < 400; i++) {
                entries.add(SparkJson.entry("zombie-" + i, "x", false).replace("1795239518375", "1000" + i));
                environment("zombie-" + i, 1);
            }
            entries.add(SparkJson.entry("new-1", "x", false));
            environment("new-1", driver.port());
            history.lists(entries.toArray(String[]::new));

            // When
            start();

            // Then
            await().until(() -> fixture.ids().equals(List.of("new-1")));
            assertThat(history.requestsFor("/environment")).isLessThan(40);
        }
    }

    @Test
    void whatAnotherSourceKnowsIsNotLookedFor() throws Exception {
        elsewhere.add("local-1");
        unfinished("local-1");
        environment("local-1", 1);
        start();
        rounds(3);
        assertThat(history.requestsFor("/environment")).isZero();
    }

    /** A pod's cluster says why it ends; two sources of one application would hide that from each other. */
    @Test
    void whatAnotherSourceFindsLaterIsItsAlone() throws Exception {
        try (FakeSpark driver = FakeSpark.driver("local-1")) {
            // Given
            unfinished("local-1");
            environment("local-1", driver.port());
            start();
            await().until(() -> fixture.ids().equals(List.of("local-1")));

            // When
            elsewhere.add("local-1");

            // Then
            await().until(() -> fixture.ids().isEmpty());
            now.addAndGet(Duration.ofHours(1).toNanos());
            rounds(3);
            assertThat(fixture.ids()).isEmpty();
            assertThat(history.requestsFor("/environment")).isEqualTo(1);
        }
    }

    @Test
    void whatAnotherSourceFindsDuringASearchIsItsAlone() throws Exception {
        try (FakeSpark driver = FakeSpark.driver("local-1")) {
            // Given: a search that lasts
            unfinished("local-1");
            environment("local-1", driver.port());
            driver.hang(true);
            start();
            await().until(() -> driver.requests().size() == 1);

            // When
            elsewhere.add("local-1");
            driver.hang(false);

            // Then
            rounds(3);
            assertThat(fixture.logged("application found")).isZero();
        }
    }

    @Test
    void whileTheHistoryServerIsOutOfOrderWhatWasKnownStays() throws Exception {
        try (FakeSpark driver = FakeSpark.driver("local-1")) {
            // Given
            unfinished("local-1");
            environment("local-1", driver.port());
            start();
            await().until(() -> fixture.ids().equals(List.of("local-1")));

            // When / Then
            for (String garbage : List.of(
                    FakeSpark.response(500, "text/html", "no"),
                    FakeSpark.response(200, "application/json", ""),
                    FakeSpark.response(200, "application/json", "{\"error\":\"x\"}"),
                    FakeSpark.response(200, "application/json", "[ {"),
                    FakeSpark.response(200, "text/html", "<html>log in</html>"),
                    "garbage\r\n\r\n")) {
                history.always(garbage);
                rounds(2);
                assertThat(fixture.ids()).as(garbage).containsExactly("local-1");
            }
            assertThat(fixture.warnings()).as("one outage, one line").isEqualTo(1);
            history.close();
            await().during(Duration.ofMillis(500)).until(() -> fixture.ids().equals(List.of("local-1")));
            assertThat(fixture.warnings()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whileTheHistoryServerIsOutOfOrderDriversAreStillAsked(boolean refused) throws Exception {
        try (FakeSpark driver = FakeSpark.driver("local-1")) {
            // Given
            unfinished("local-1");
            environment("local-1", driver.port());
            start();
            await().until(() -> fixture.ids().equals(List.of("local-1")));
            if (refused) {
                history.close();
            } else {
                history.always(FakeSpark.response(500, "text/html", "no"));
            }
            await().until(() -> fixture.warnings() == 1);

            // When: somebody else gets the address
            driver.runs("local-2");

            // Then
            await().until(() -> fixture.ids().isEmpty());
        }
    }

    @Test
    void whatAReplacedSourceHadFoundGoesThoughTheHistoryServerStaysDown() throws Exception {
        try (FakeSpark driver = FakeSpark.driver("local-1")) {
            // Given
            unfinished("local-1");
            environment("local-1", driver.port());
            start();
            await().until(() -> fixture.ids().equals(List.of("local-1")));
            history.close();

            // When: a reload, after which the driver's network is no longer allowed
            start(address -> false);

            // Then
            assertThat(fixture.ids()).containsExactly("local-1");
            await().until(() -> fixture.ids().isEmpty());
        }
    }

    @Test
    void aNewApplicationDoesNotWaitForTheHostsThatHang() throws Exception {
        try (FakeSpark hung = FakeSpark.driver("other");
                FakeSpark driver = FakeSpark.driver("new-1")) {
            // Given: the first of many is being looked for
            hung.hang(true);
            String[] ids = new String[13];
            for (int i = 0; i < 12; i++) {
                ids[i] = "hung-" + i;
                environment(ids[i], hung.port());
            }
            unfinished(Arrays.copyOf(ids, 12));
            start();
            await().until(() -> hung.requests().size() == 1);

            // When: an application starts
            ids[12] = "new-1";
            environment("new-1", driver.port());
            List<String> entries = new ArrayList<>();
            for (String id : ids) {
                String started = id.equals("new-1") ? "1795239518375" : "1000";
                entries.add(SparkJson.entry(id, "x", false).replace("1795239518375", started));
            }
            history.lists(entries.toArray(String[]::new));

            // Then: its turn is next, or the one after that
            await().atMost(Duration.ofSeconds(30)).until(() -> fixture.ids().equals(List.of("new-1")));
            assertThat(history.requestsFor("/hung-")).isLessThan(6);
        }
    }

    @Test
    void entriesThatWouldFillTheMemoryAreNotKept() throws Exception {
        List<FakeSpark> drivers = new ArrayList<>();
        try {
            // Given: three drivers, of whose entries two may be kept
            for (String id : List.of("local-1", "local-2", "local-3")) {
                FakeSpark driver = new FakeSpark().lists(SparkJson.entry(id, "x".repeat(2000), false));
                drivers.add(driver);
                environment(id, driver.port());
            }
            unfinished("local-1", "local-2", "local-3");

            // When
            source = source(address -> true, 1, 20_000);
            fixture.registry.use(List.of(source));

            // Then: all are routed to
            await().until(() -> fixture.ids().size() == 3);
            rounds(3);
            assertThat(fixture.registry.get().applications())
                    .filteredOn(application -> application.listing() != null)
                    .hasSize(2);
            assertThat(fixture.warnings()).as("said once").isEqualTo(1);
        } finally {
            for (FakeSpark driver : drivers) {
                driver.close();
            }
        }
    }

    @Test
    void whatOneDriverNoLongerSaysAnotherMaySay() throws Exception {
        try (FakeSpark first = new FakeSpark().lists(SparkJson.entry("local-1", "x".repeat(3000), false));
                FakeSpark second = new FakeSpark().lists(SparkJson.entry("local-2", "x".repeat(3000), false))) {
            // Given: room for one
            environment("local-1", first.port());
            environment("local-2", second.port());
            unfinished("local-1");
            source = source(address -> true, 1, 20_000);
            fixture.registry.use(List.of(source));
            await().until(() -> isListed("local-1"));
            unfinished("local-1", "local-2");
            await().until(() -> fixture.ids().size() == 2);
            rounds(3);
            assertThat(isListed("local-1")).isTrue();
            assertThat(isListed("local-2")).isFalse();

            // When
            first.close();

            // Then
            await().until(() -> isListed("local-2"));
            assertThat(fixture.ids()).containsExactly("local-2");
        }
    }

    private boolean isListed(String id) {
        Application application = fixture.registry.get().find(id);
        return application != null && application.listing() != null;
    }

    @Test
    void aHistoryServerThatIsDownDoesNotKeepUsFromBeingReady() throws Exception {
        history.close();
        start();
        await().until(() -> fixture.registry.unsynced().isEmpty());
        await().until(() -> fixture.warnings() == 1);
    }

    @Test
    void anAnswerWithoutEndIsCutOff() throws Exception {
        // Given
        unfinished("local-1");
        history.answers(
                "/api/v1/applications/local-1/environment",
                "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 9000000\r\n\r\n"
                        + " ".repeat(9_000_000));
        start();

        // Then: it is read no further than allowed, and the rounds go on
        rounds(3);
        assertThat(fixture.ids()).isEmpty();
        history.always("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 20000000\r\n\r\n"
                + " ".repeat(9_000_000));
        await().until(() -> fixture.warnings() == 1);
    }

    @Test
    void idsThatAreNoneAreNeverAskedFor() throws Exception {
        unfinished("<script>", "../../x", "a b", "x?y");
        start();
        rounds(3);
        assertThat(history.requests())
                .allSatisfy(head -> assertThat(head).startsWith("GET /api/v1/applications?status=running&limit="));
    }

    @Test
    void theHistoryServersOwnPathIsPutBefore() throws Exception {
        try (FakeSpark driver = FakeSpark.driver("local-1")) {
            history.answers(
                    "/base/api/v1/applications",
                    FakeSpark.response(
                            200, "application/json", SparkJson.list(SparkJson.entry("local-1", "x", false))));
            history.answers(
                    "/base/api/v1/applications/local-1/environment",
                    FakeSpark.response(
                            200,
                            "application/json",
                            SparkJson.environment(
                                    "spark.driver.host", "127.0.0.1", "spark.ui.port", "" + driver.port())));
            source = new HistorySource(
                    new HistoryServer(history.upstream(), "/base"),
                    fixture.client,
                    address -> true,
                    elsewhere::contains,
                    fixture.scheduler,
                    INTERVAL);
            fixture.registry.use(List.of(source));
            await().until(() -> fixture.ids().equals(List.of("local-1")));
        }
    }

    @Test
    void aDeadReplicaKeepsNoDriverFromBeingFound() throws Exception {
        try (FakeSpark driver = FakeSpark.driver("local-1");
                FakeSpark gone = new FakeSpark()) {
            // Given
            gone.close();
            unfinished("local-1");
            environment("local-1", driver.port());
            // When
            source = new HistorySource(
                    new HistoryServer(new UpstreamGroup(List.of(gone.upstream(), history.upstream())), ""),
                    fixture.client,
                    address -> true,
                    elsewhere::contains,
                    fixture.scheduler,
                    INTERVAL);
            List<Findings> told = new CopyOnWriteArrayList<>();
            source.start(told::add);
            // Then: from the first round on
            await().until(() -> !told.isEmpty() && !told.getLast().running().isEmpty());
            assertThat(told.getLast().running().getFirst().id()).isEqualTo("local-1");
        }
    }

    @Test
    void afterCloseNothingIsAskedOrTold() throws Exception {
        try (FakeSpark driver = FakeSpark.driver("local-1")) {
            // Given
            AtomicBoolean closed = new AtomicBoolean();
            List<String> late = new ArrayList<>();
            unfinished("local-1", "local-2");
            environment("local-1", driver.port());
            driver.hang(true);
            source = source(address -> true, 4040);
            source.start(found -> {
                if (closed.get()) {
                    late.add("told");
                }
            });
            await().until(() -> driver.requests().size() == 1);

            // When
            source.close();
            closed.set(true);
            driver.hang(false);

            // Then
            await().atMost(Duration.ofSeconds(3))
                    .until(() -> fixture.scheduler.getQueue().isEmpty());
            Thread.sleep(300);
            assertThat(late).isEmpty();
            assertThat(history.requestsFor("status=running")).isEqualTo(1);
            assertThat(driver.requests()).hasSize(1);
        }
    }

    private void unfinished(String... ids) {
        List<String> entries = new ArrayList<>();
        for (String id : ids) {
            entries.add(SparkJson.entry(id, "x", false));
        }
        history.lists(entries.toArray(String[]::new));
    }

    private void environment(String id, int port) {
        history.environment(id, "spark.app.id", id, "spark.driver.host", "127.0.0.1", "spark.ui.port", "" + port);
    }

    private void start() {
        start(address -> true);
    }

    private void start(Predicate<InetAddress> allowed) {
        source = source(allowed, 1);
        fixture.registry.use(List.of(source));
    }

    private HistorySource source(Predicate<InetAddress> allowed, int firstPort) {
        return source(allowed, firstPort, HistorySource.MOST_LISTING_BYTES);
    }

    private HistorySource source(Predicate<InetAddress> allowed, int firstPort, int mostListingBytes) {
        return new HistorySource(
                new HistoryServer(history.upstream(), ""),
                fixture.client,
                address -> {
                    asked.add(address);
                    return allowed.test(address);
                },
                elsewhere::contains,
                fixture.scheduler,
                INTERVAL,
                firstPort,
                mostListingBytes,
                now::get);
    }

    /** Waits for whole rounds. */
    private void rounds(int count) {
        long before = history.requestsFor("status=running");
        await().pollInterval(Duration.ofMillis(10)).until(() -> history.requestsFor("status=running") > before + count);
    }

    private static boolean accepts(ServerSocket socket) throws IOException {
        try {
            socket.accept().close();
            return true;
        } catch (java.net.SocketTimeoutException nobody) {
            return false;
        }
    }

    /** One that has others among the ten ports before it, if the kernel gave any so. */
    private static FakeSpark lastOfARun(List<FakeSpark> uis) {
        return uis.stream()
                .max((a, b) -> Long.compare(near(uis, a), near(uis, b)))
                .orElseThrow();
    }

    private static long near(List<FakeSpark> uis, FakeSpark last) {
        return uis.stream()
                .filter(ui -> ui.port() < last.port() && ui.port() >= last.port() - 10)
                .count();
    }
}
