// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.http2;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.proxy.DownstreamTimeouts;
import io.netty.buffer.Unpooled;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The clock is the test's own: it is looked at once a second, and 240 bytes a second over a minute are the least. */
class RequestPaceTest {
    private static final DownstreamTimeouts TIMEOUTS = DownstreamTimeouts.DEFAULT;
    private static final int RATE = TIMEOUTS.minBodyRate();
    private static final long WINDOW = TIMEOUTS.bodyStall().toSeconds();

    private final RequestPace pace = new RequestPace();
    private long seconds;

    @Test
    void aMessageByCrumbsIsTooSlowAfterAWindow() {
        begin(1_000_000);
        assertThat(secondsUntilTooSlow(1, false)).isBetween(WINDOW, WINDOW + 1);
    }

    @Test
    void aMessageThatKeepsUpTheRateMayTakeAsLongAsItLikes() {
        begin(100_000_000);
        assertThat(secondsUntilTooSlow(RATE, false)).isEqualTo(NEVER);
        // When: a little less
        assertThat(secondsUntilTooSlow(RATE - 1, false)).isBetween(WINDOW, 2 * WINDOW + 1);
    }

    @Test
    void aBurstCountsInItsOwnWindowOnly() {
        begin(100_000_000);
        assertThat(isTooSlowNow(false)).isFalse();
        send(new byte[1_000_000]);
        assertThat(secondsUntilTooSlow(0, false)).isBetween(2 * WINDOW - 1, 2 * WINDOW + 1);
    }

    @Test
    void betweenMessagesTheClockStandsStill() {
        send(GrpcUnderTest.message(100));
        assertThat(secondsUntilTooSlow(0, false)).isEqualTo(NEVER);
        // When: the next one begins after a long rest
        begin(1_000_000);
        // Then: it has a window of its own
        assertThat(secondsUntilTooSlow(0, false)).isBetween(WINDOW, WINDOW + 1);
    }

    @Test
    void eachMessageHasAWindowOfItsOwnThoughOneIsAlwaysUnderWay() {
        // Given: the beginning of a message at each look, and the end of the one before
        byte[] message = GrpcUnderTest.message(1);
        pace.add(Unpooled.wrappedBuffer(message, 0, 3));
        for (int i = 0; i < 5 * WINDOW; i++) {
            assertThat(isTooSlowNow(false)).isFalse();
            seconds++;
            pace.add(Unpooled.wrappedBuffer(
                    Unpooled.wrappedBuffer(message, 3, 3), Unpooled.wrappedBuffer(message, 0, 3)));
        }
        // When: the last one does not end
        assertThat(secondsUntilTooSlow(0, false)).isBetween(WINDOW, WINDOW + 1);
    }

    @Test
    void whileWeOweCreditTheClockStandsStill() {
        begin(1_000_000);
        assertThat(secondsUntilTooSlow(0, true)).isEqualTo(NEVER);
        assertThat(secondsUntilTooSlow(0, false)).isBetween(WINDOW - 1, WINDOW + 1);
    }

    @Test
    void oneByteAtLeastIsWantedWhereThereIsNoRate() {
        DownstreamTimeouts none = new DownstreamTimeouts(
                TIMEOUTS.head(),
                TIMEOUTS.keepAlive(),
                TIMEOUTS.bodyStall(),
                TIMEOUTS.writeStall(),
                0,
                TIMEOUTS.tunnelIdle());
        begin(100);
        assertThat(pace.isTooSlow(at(0), false, none)).isFalse();
        assertThat(pace.isTooSlow(at(WINDOW), false, none)).isTrue();
    }

    private static final long NEVER = -1;

    /** The prefix of a message of that many bytes. */
    private void begin(int length) {
        byte[] prefix = Unpooled.buffer().writeByte(0).writeInt(length).array();
        pace.add(Unpooled.wrappedBuffer(prefix, 0, 5));
    }

    private void send(byte[] bytes) {
        pace.add(Unpooled.wrappedBuffer(bytes));
    }

    /** Sends that many bytes each second, for ten windows at most. */
    private long secondsUntilTooSlow(int bytesEach, boolean owed) {
        long from = seconds;
        while (seconds - from < 10 * WINDOW) {
            if (isTooSlowNow(owed)) {
                return seconds - from;
            }
            seconds++;
            send(new byte[bytesEach]);
        }
        return NEVER;
    }

    private boolean isTooSlowNow(boolean owed) {
        return pace.isTooSlow(at(seconds), owed, TIMEOUTS);
    }

    private static long at(long second) {
        return Duration.ofSeconds(second).toNanos();
    }
}
