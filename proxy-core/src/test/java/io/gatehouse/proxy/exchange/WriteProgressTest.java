// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.local.LocalChannel;
import io.netty.channel.local.LocalIoHandler;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Bytes that wait are a stall only when none has left for the whole time. */
class WriteProgressTest {
    private static final long LIMIT = 100;

    private MultiThreadIoEventLoopGroup group;
    private Channel channel;
    private long written;

    @BeforeEach
    void start() {
        group = new MultiThreadIoEventLoopGroup(1, LocalIoHandler.newFactory());
        channel = new LocalChannel();
        group.register(channel).syncUninterruptibly();
    }

    @AfterEach
    void stop() {
        channel.close().syncUninterruptibly();
        group.shutdownGracefully(0, 1, java.util.concurrent.TimeUnit.SECONDS).syncUninterruptibly();
    }

    /** Not flushed, so it stays. */
    private void add(int bytes) {
        written += bytes;
        channel.eventLoop()
                .submit(() -> channel.unsafe()
                        .outboundBuffer()
                        .addMessage(Unpooled.wrappedBuffer(new byte[bytes]), bytes, channel.newPromise()))
                .syncUninterruptibly();
    }

    @Test
    void nothingWaitingIsNoStall() {
        WriteProgress progress = new WriteProgress();
        assertThat(progress.isStalled(channel, written, 0, LIMIT)).isFalse();
        assertThat(progress.isStalled(channel, written, 1_000_000, LIMIT)).isFalse();
    }

    @Test
    void theTimeCountsFromTheFirstLookThatSawTheBytes() {
        WriteProgress progress = new WriteProgress();
        assertThat(progress.isStalled(channel, written, 1000, LIMIT)).isFalse();
        add(10);
        assertThat(progress.isStalled(channel, written, 2000, LIMIT)).isFalse();
        assertThat(progress.isStalled(channel, written, 2000 + LIMIT, LIMIT)).isFalse();
        assertThat(progress.isStalled(channel, written, 2001 + LIMIT, LIMIT)).isTrue();
    }

    @Test
    void moreThatWaitsIsNoProgress() {
        WriteProgress progress = new WriteProgress();
        add(10);
        assertThat(progress.isStalled(channel, written, 0, LIMIT)).isFalse();
        add(10);
        assertThat(progress.isStalled(channel, written, LIMIT + 1, LIMIT)).isTrue();
    }

    @Test
    void bytesThatLeaveAreProgressWhateverFollowsThem() {
        // Given ten bytes that wait
        WriteProgress progress = new WriteProgress();
        add(10);
        assertThat(progress.isStalled(channel, written, 0, LIMIT)).isFalse();
        // When they leave, and as many others wait at the next look
        written += 10;
        // Then the time begins anew
        assertThat(progress.isStalled(channel, written, 2 * LIMIT, LIMIT)).isFalse();
        assertThat(progress.isStalled(channel, written, 3 * LIMIT + 1, LIMIT)).isTrue();
    }

    @Test
    void anotherMessageBeginsTheTimeAnew() {
        WriteProgress progress = new WriteProgress();
        assertThat(progress.isStalled(channel, written, 0, LIMIT)).isFalse();
        progress.reset();
        add(10);
        assertThat(progress.isStalled(channel, written, 2 * LIMIT, LIMIT)).isFalse();
    }

    @Test
    void aClosedChannelIsNoStall() {
        WriteProgress progress = new WriteProgress();
        add(10);
        assertThat(progress.isStalled(channel, written, 0, LIMIT)).isFalse();
        channel.close().syncUninterruptibly();
        assertThat(progress.isStalled(channel, written, 10 * LIMIT, LIMIT)).isFalse();
    }
}
