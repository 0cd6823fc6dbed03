// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.http2;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.proxy.http2.ServerPulse.Finding;
import java.time.Duration;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServerPulseTest {
    private final ServerPulse pulse = new ServerPulse(LinkLimits.DEFAULT);

    @Test
    void aServerThatAnswersPingsIsAskedTwice() {
        pulse.begin(0);
        assertThat(at(20)).isEqualTo(Finding.WELL);
        assertThat(at(21)).isEqualTo(Finding.ASK);
        assertThat(at(22)).isEqualTo(Finding.WELL);
        pulse.pingAnswered(seconds(22));
        assertThat(at(43)).isEqualTo(Finding.ASK);
        pulse.pingAnswered(seconds(43));
        assertThat(at(3600)).as("what has answered is not dead").isEqualTo(Finding.WELL);
        // When
        pulse.heardOnStream(seconds(3601));
        // Then
        assertThat(at(3622)).isEqualTo(Finding.ASK);
    }

    @Test
    void oneThatDoesNotAnswerTheFirstOrTheSecondIsDead() {
        pulse.begin(0);
        assertThat(at(21)).isEqualTo(Finding.ASK);
        pulse.pingAnswered(seconds(22));
        assertThat(at(43)).isEqualTo(Finding.ASK);
        assertThat(at(52)).isEqualTo(Finding.WELL);
        assertThat(at(53)).isEqualTo(Finding.DEAD);
    }

    private Finding at(int seconds) {
        return pulse.find(seconds(seconds));
    }

    private static long seconds(int seconds) {
        return TimeUnit.SECONDS.toNanos(seconds);
    }

    /** What a server says at the moments when it does, on a way that takes its time, to a server that counts as gRPC-java's does. */
    @ParameterizedTest
    @ValueSource(ints = {1, 50, 3_000, 15_000})
    void noServerEverCountsMoreStrikesThanItBears(int mostDelayMillis) {
        for (int seed = 0; seed < 200; seed++) {
            assertThat(new Simulation(seed, mostDelayMillis).strikes())
                    .as("seed %s", seed)
                    .isLessThanOrEqualTo(2);
        }
    }

    /** An hour of a connection, in milliseconds. What is sent first arrives first, either way. */
    private static final class Simulation {
        private static final long HOUR = Duration.ofHours(1).toMillis();
        private static final long BEAT = 500;

        private enum Kind {
            BEAT,
            PING_ARRIVES,
            ANSWER_ARRIVES,
            SERVER_SPEAKS,
            WORD_ARRIVES
        }

        private record Event(long at, int number, Kind kind) implements Comparable<Event> {
            @Override
            public int compareTo(Event other) {
                return at == other.at ? Integer.compare(number, other.number) : Long.compare(at, other.at);
            }
        }

        private final PriorityQueue<Event> events = new PriorityQueue<>();
        private final ServerPulse pulse = new ServerPulse(LinkLimits.DEFAULT);
        private final SplittableRandom random;
        private final int mostDelay;
        private int number;
        private long lastThere;
        private long lastBack;
        private int strikes;
        private int most;

        Simulation(int seed, int mostDelay) {
            this.random = new SplittableRandom(seed);
            this.mostDelay = mostDelay;
        }

        int strikes() {
            pulse.begin(0);
            add(BEAT, Kind.BEAT);
            add(random.nextLong(100_000), Kind.SERVER_SPEAKS);
            for (Event next = events.remove(); next.at() < HOUR; next = events.remove()) {
                happen(next.kind(), next.at());
            }
            return most;
        }

        private void happen(Kind kind, long now) {
            long nanos = TimeUnit.MILLISECONDS.toNanos(now);
            switch (kind) {
                case BEAT -> {
                    if (pulse.find(nanos) == Finding.ASK) {
                        lastThere = Math.max(lastThere, now + random.nextInt(mostDelay));
                        add(lastThere, Kind.PING_ARRIVES);
                    }
                    add(now + BEAT, Kind.BEAT);
                }
                case PING_ARRIVES -> {
                    // None of them is five minutes behind the one before.
                    most = Math.max(most, ++strikes);
                    back(now, Kind.ANSWER_ARRIVES);
                }
                case SERVER_SPEAKS -> {
                    strikes = 0;
                    back(now, Kind.WORD_ARRIVES);
                    add(now + random.nextLong(random.nextBoolean() ? 1_000 : 150_000), Kind.SERVER_SPEAKS);
                }
                case ANSWER_ARRIVES -> pulse.pingAnswered(nanos);
                case WORD_ARRIVES -> pulse.heardOnStream(nanos);
            }
        }

        private void back(long now, Kind kind) {
            lastBack = Math.max(lastBack, now + random.nextInt(mostDelay));
            add(lastBack, kind);
        }

        private void add(long at, Kind kind) {
            events.add(new Event(at, number++, kind));
        }
    }
}
