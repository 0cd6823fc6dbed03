// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.net;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringChannelOption;
import io.netty.channel.uring.IoUringDatagramChannel;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerSocketChannel;
import io.netty.channel.uring.IoUringSocketChannel;
import java.util.Locale;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The kernel interface that all channels of a process use.
 *
 * @param name for the start-up banner
 * @param splicer passes large bodies without a copy, where this transport can
 * @param notSentLowWatermark the option that {@link #limitUnsent} sets; null where there is none
 * @param keepAlive for connections that may be silent for long
 */
public record Transport(
        String name,
        IoHandlerFactory ioHandlerFactory,
        Class<? extends ServerChannel> serverChannel,
        Class<? extends SocketChannel> socketChannel,
        Class<? extends DatagramChannel> datagramChannel,
        Splicer splicer,
        @Nullable ChannelOption<Long> notSentLowWatermark,
        KeepAlive keepAlive) {
    /**
     * How much of what was written may wait unsent in the kernel. Without a limit that is megabytes: a client that reads
     * steadily but slowly would seem to stand still, because the kernel tells of room only when a third of it is free.
     */
    private static final long MOST_UNSENT = 128 << 10;

    /** What can be asked for by name. */
    public enum Kind {
        /** Epoll where its native library loads, NIO elsewhere. */
        AUTO,
        EPOLL,
        IO_URING,
        NIO;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * The transport of that kind.
     *
     * @throws UnsupportedOperationException when this machine does not have it; the message says why
     */
    public static Transport of(Kind kind) {
        return switch (kind) {
            case AUTO -> best();
            case EPOLL -> available(kind, Epoll.unavailabilityCause(), Transport::epoll);
            case IO_URING -> available(kind, IoUring.unavailabilityCause(), Transport::ioUring);
            case NIO -> nio();
        };
    }

    private static Transport available(Kind kind, @Nullable Throwable obstacle, Supplier<Transport> transport) {
        if (obstacle != null) {
            throw new UnsupportedOperationException(
                    kind + " is not available on this machine: " + reason(obstacle), obstacle);
        }
        return transport.get();
    }

    /** The innermost message: the outer ones name classes that failed to load. */
    private static String reason(Throwable obstacle) {
        Throwable innermost = obstacle;
        while (innermost.getCause() != null) {
            innermost = innermost.getCause();
        }
        return String.valueOf(innermost.getMessage());
    }

    /** The best one that this machine has. */
    public static Transport best() {
        return Epoll.isAvailable() ? epoll() : nio();
    }

    private static Transport epoll() {
        return new Transport(
                "epoll",
                EpollIoHandler.newFactory(),
                EpollServerSocketChannel.class,
                EpollSocketChannel.class,
                EpollDatagramChannel.class,
                EpollSplicer.orNone(),
                EpollChannelOption.TCP_NOTSENT_LOWAT,
                KeepAlive.ofEpoll());
    }

    private static Transport ioUring() {
        return new Transport(
                "io_uring",
                IoUringIoHandler.newFactory(),
                IoUringServerSocketChannel.class,
                IoUringSocketChannel.class,
                IoUringDatagramChannel.class,
                Splicer.NONE,
                IoUringChannelOption.TCP_NOTSENT_LOWAT,
                KeepAlive.ofIoUring());
    }

    public static Transport nio() {
        return new Transport(
                "nio",
                NioIoHandler.newFactory(),
                NioServerSocketChannel.class,
                NioSocketChannel.class,
                NioDatagramChannel.class,
                Splicer.NONE,
                null,
                KeepAlive.ofNio());
    }

    /** Limits what waits unsent in the kernel for a connection's peer. */
    public void limitUnsent(Channel connection) {
        if (notSentLowWatermark != null) {
            connection.config().setOption(notSentLowWatermark, MOST_UNSENT);
        }
    }
}
