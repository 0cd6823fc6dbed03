// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.server;

import io.gatehouse.proxy.takeover.ListeningSocket;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** How the channel that accepts comes to be: by binding, or from a socket that another process listened on. */
final class ServerChannels {
    private static final int BACKLOG = 1024;

    private ServerChannels() {}

    /**
     * Makes the channel; blocks until it listens or has failed. It accepts nothing until it reads.
     *
     * @param inherited null to bind; otherwise it belongs to the channel from now on, also when this fails
     */
    static Channel open(
            ServerBootstrap bootstrap,
            Class<? extends ServerChannel> type,
            ListenerSpec spec,
            @Nullable ListeningSocket inherited)
            throws IOException {
        bootstrap
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(ChannelOption.SO_REUSEADDR, true)
                .option(ChannelOption.AUTO_READ, false);
        ChannelFuture opened = inherited == null
                ? bootstrap.channel(type).bind(spec.address())
                : bootstrap
                        .channelFactory(() -> new EpollServerSocketChannel(
                                inherited.descriptor().intValue()))
                        .register();
        opened.awaitUninterruptibly();
        if (!opened.isSuccess()) {
            throw new IOException(
                    "cannot listen on " + spec.address() + " for the " + spec.name() + " door: "
                            + opened.cause().getMessage(),
                    opened.cause());
        }
        if (inherited != null) {
            // The old process may have had another queue in mind, or shortened it to end.
            ((Socket) ((EpollServerSocketChannel) opened.channel()).fd()).listen(BACKLOG);
        }
        return opened.channel();
    }
}
