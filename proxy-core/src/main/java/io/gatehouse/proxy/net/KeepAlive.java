// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.net;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.channel.uring.IoUringChannelOption;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import jdk.net.ExtendedSocketOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What makes the kernel ask of a silent connection whether the machine at its other end is there (RFC 9293 section 3.8.4). Where that machine is
 * gone, and nothing in between says so, the connection fails half a minute after the last sign of it. Its process need not answer, and
 * does not know that it was asked.
 *
 * @param options by a transport's own names
 */
public record KeepAlive(Map<ChannelOption<Integer>, Integer> options) {
    private static final Logger LOG = LoggerFactory.getLogger(KeepAlive.class);
    private static final Duration SILENCE = Duration.ofSeconds(20);
    private static final Duration INTERVAL = Duration.ofSeconds(5);
    private static final int PROBES = 2;

    /** How long what was sent may go without a receipt, or find no room at the other end: that is no silence, and the kernel asks nothing. */
    private static final Duration UNACKNOWLEDGED = SILENCE.plus(INTERVAL.multipliedBy(PROBES));

    public KeepAlive {
        options = Map.copyOf(options);
    }

    static KeepAlive ofEpoll() {
        return with(
                EpollChannelOption.TCP_KEEPIDLE,
                EpollChannelOption.TCP_KEEPINTVL,
                EpollChannelOption.TCP_KEEPCNT,
                Map.of(EpollChannelOption.TCP_USER_TIMEOUT, (int) UNACKNOWLEDGED.toMillis()));
    }

    static KeepAlive ofIoUring() {
        return with(
                IoUringChannelOption.TCP_KEEPIDLE,
                IoUringChannelOption.TCP_KEEPINTVL,
                IoUringChannelOption.TCP_KEEPCNT,
                Map.of(IoUringChannelOption.TCP_USER_TIMEOUT, (int) UNACKNOWLEDGED.toMillis()));
    }

    /** Java knows no limit for what is not acknowledged; the kernel's own is a quarter of an hour. */
    static KeepAlive ofNio() {
        return with(
                NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPIDLE),
                NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPINTERVAL),
                NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPCOUNT),
                Map.of());
    }

    private static KeepAlive with(
            ChannelOption<Integer> silence,
            ChannelOption<Integer> interval,
            ChannelOption<Integer> probes,
            Map<ChannelOption<Integer>, Integer> further) {
        Map<ChannelOption<Integer>, Integer> options = new HashMap<>(further);
        options.put(silence, (int) SILENCE.toSeconds());
        options.put(interval, (int) INTERVAL.toSeconds());
        options.put(probes, PROBES);
        return new KeepAlive(options);
    }

    /** Makes it so for a connection of the same transport, as far as this machine's kernel can. */
    public void watch(Channel connection) {
        connection.config().setOption(ChannelOption.SO_KEEPALIVE, true);
        options.forEach((option, value) -> {
            try {
                connection.config().setOption(option, value);
            } catch (ChannelException | UnsupportedOperationException e) {
                LOG.atDebug().setCause(e).addKeyValue("option", option.name()).log("not on this machine");
            }
        });
    }
}
