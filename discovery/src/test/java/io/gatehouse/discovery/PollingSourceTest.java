// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.proxy.Upstream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The rhythm of rounds. */
class PollingSourceTest {
    private static final Duration LONG = Duration.ofHours(1);
    private static final List<Application> ONE =
            List.of(new Application("app-1", "test", new Upstream("driver", 4040), null));

    private final AtomicInteger rounds = new AtomicInteger();
    private final AtomicLong now = new AtomicLong();
    private final AtomicInteger told = new AtomicInteger();
    private final ScheduledThreadPoolExecutor scheduler = new ScheduledThreadPoolExecutor(1);
    private volatile CompletableFuture<?> next = CompletableFuture.completedFuture(null);
    private SourceFixture fixture;

    @BeforeEach
    void open() throws Exception {
        fixture = new SourceFixture();
    }

    @AfterEach
    void close() {
        scheduler.shutdownNow();
        fixture.close();
    }

    @Test
    void theFirstRoundIsAtOnceAndTheNextAnIntervalLater() {
        TestSource source = source(Duration.ofMillis(700));
        assertThat(source.isSynced()).isFalse();
        source.start(found -> told.incrementAndGet());
        await().atMost(Duration.ofMillis(400)).until(() -> source.isSynced() && told.get() == 1);
        await().between(Duration.ofMillis(300), Duration.ofSeconds(3)).until(() -> rounds.get() == 2);
    }

    @Test
    void aWishToLookSoonShortensTheWaitOnce() throws Exception {
        // Given
        TestSource source = source(LONG);
        source.start(found -> told.incrementAndGet());
        await().until(() -> rounds.get() == 1);

        // When
        source.lookSoon("app-x");
        source.lookSoon("app-x");

        // Then
        await().atMost(Duration.ofSeconds(2)).until(() -> rounds.get() == 2);
        Thread.sleep(1200);
        assertThat(rounds).hasValue(2);
    }

    @Test
    void wishesAreMetOnceInHalfAnInterval() {
        // Given: one wish has just been met
        TestSource source = source(LONG);
        source.start(found -> told.incrementAndGet());
        await().until(() -> told.get() == 1);
        source.lookSoon("app-x");
        await().until(() -> told.get() == 2);

        // When
        now.addAndGet(LONG.dividedBy(2).toNanos() - 1);
        source.lookSoon("app-x");
        long beats = scheduler.getCompletedTaskCount();
        await().until(() -> scheduler.getCompletedTaskCount() > beats + 3);

        // Then
        assertThat(rounds).hasValue(2);
        now.incrementAndGet();
        await().until(() -> rounds.get() == 3);
    }

    @Test
    void aWishBeforeTheFirstRoundIsMetByIt() throws Exception {
        TestSource source = source(LONG);
        source.lookSoon("app-x");
        source.start(found -> told.incrementAndGet());
        Thread.sleep(1200);
        assertThat(rounds).hasValue(1);
    }

    @Test
    void roundsDoNotOverlap() throws Exception {
        CompletableFuture<Object> slow = new CompletableFuture<>();
        next = slow;
        TestSource source = source(Duration.ofMillis(20));
        source.start(found -> told.incrementAndGet());
        source.lookSoon("app-x");
        Thread.sleep(800);
        assertThat(rounds).hasValue(1);
        assertThat(source.isSynced()).isFalse();

        next = CompletableFuture.completedFuture(null);
        slow.complete(null);
        await().until(() -> rounds.get() > 2);
    }

    @Test
    void aFailureIsSaidOnceAndTellsNothingUntilItLasts() {
        // Given
        next = CompletableFuture.failedFuture(new IllegalStateException("down"));
        TestSource source = source(Duration.ofMillis(20));
        List<Integer> toldAfter = new CopyOnWriteArrayList<>();

        // When
        source.start(found -> {
            told.incrementAndGet();
            toldAfter.add(rounds.get());
        });
        await().until(() -> rounds.get() > 5);

        // Then
        assertThat(source.isSynced()).isTrue();
        assertThat(toldAfter).startsWith(3);
        assertThat(fixture.warnings()).isEqualTo(1);

        next = CompletableFuture.completedFuture(null);
        await().until(() -> fixture.logged("looking for applications works again") == 1);
        next = CompletableFuture.failedFuture(new IllegalStateException("down again"));
        await().until(() -> fixture.warnings() == 2);
    }

    @Test
    void aDefectOfTheSourceOrItsConsumerDoesNotEndTheRounds() {
        TestSource source = source(Duration.ofMillis(20));
        source.start(found -> {
            if (told.incrementAndGet() < 3) {
                throw new IllegalStateException("defect");
            }
        });
        await().until(() -> told.get() > 3);
        next = null; // makes look() throw
        int before = rounds.get();
        await().until(() -> rounds.get() > before + 2);
        assertThat(fixture.warnings()).isEqualTo(1);
    }

    @Test
    void nothingIsScheduledAfterClose() {
        TestSource source = source(LONG);
        source.start(found -> told.incrementAndGet());
        await().until(() -> told.get() == 1);
        source.close();
        source.lookSoon("app-x");
        await().atMost(Duration.ofSeconds(2)).until(() -> scheduler.getQueue().isEmpty());
        assertThat(rounds).hasValue(1);
    }

    @Test
    void aRoundThatEndsAfterCloseTellsNothing() throws Exception {
        CompletableFuture<Object> slow = new CompletableFuture<>();
        next = slow;
        TestSource source = source(Duration.ofMillis(20));
        source.start(found -> told.incrementAndGet());
        await().until(() -> rounds.get() == 1);
        source.close();
        slow.completeExceptionally(new IllegalStateException("closed"));
        Thread.sleep(300);
        assertThat(told).hasValue(0);
        assertThat(rounds).hasValue(1);
        assertThat(fixture.warnings()).isZero();
    }

    @Test
    void aSchedulerThatIsShutDownEndsTheRounds() {
        TestSource source = source(LONG);
        scheduler.shutdownNow();
        source.start(found -> told.incrementAndGet());
        assertThat(source.isClosed()).isTrue();
    }

    private TestSource source(Duration interval) {
        return new TestSource(interval);
    }

    private final class TestSource extends PollingSource {
        TestSource(Duration interval) {
            super("test", scheduler, interval, now::get);
        }

        @Override
        CompletableFuture<?> look(Runnable changed) {
            rounds.incrementAndGet();
            return next.copy();
        }

        @Override
        List<Application> present() {
            return ONE;
        }
    }
}
