// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.server;

import io.netty.channel.Channel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Closes a listening socket without resetting a connection. The kernel resets those that it has accepted for us and that
 * wait in the queue, and their clients may have sent a request already. So it takes no new ones first, those that are under
 * way get the time to arrive, and the queue is empty at the moment of closing.
 *
 * <p>With epoll only; elsewhere the socket is closed as it is.
 */
final class LastConnections {
    private static final Logger LOG = LoggerFactory.getLogger(LastConnections.class);

    /** A handshake that has begun ends within one round trip; this one spans continents. */
    static final Duration HANDSHAKES = Duration.ofMillis(250);

    /** What Netty's own accept takes for an address: its length, an IPv6 address, a scope, a port. */
    private static final int ADDRESS_BYTES = 26;

    private LastConnections() {}

    /** Takes new connections no more; those that are under way still arrive. Returns whether there is one to wait for. */
    static boolean refuseNew(Channel channel) {
        if (!(channel instanceof EpollServerSocketChannel epoll) || !epoll.isOpen()) {
            return false;
        }
        try {
            SynFilter.attach((Socket) epoll.fd());
            return true;
        } catch (IOException e) {
            LOG.atWarn().setCause(e).log("the kernel takes no filter; a connection that comes now may be reset");
            return false;
        }
    }

    /** Accepts what waits and closes, without anything in between. On the channel's event loop. */
    static void acceptAndClose(Channel channel) {
        if (channel instanceof EpollServerSocketChannel epoll && epoll.isOpen()) {
            try {
                Socket socket = (Socket) epoll.fd();
                byte[] address = new byte[ADDRESS_BYTES];
                for (int accepted = socket.accept(address); accepted >= 0; accepted = socket.accept(address)) {
                    channel.pipeline().fireChannelRead(new EpollSocketChannel(accepted));
                }
            } catch (IOException e) {
                LOG.atWarn().setCause(e).log("accepting the last connections failed");
            }
            channel.pipeline().fireChannelReadComplete();
        }
        channel.close();
    }
}
