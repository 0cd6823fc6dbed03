// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.net;

import io.netty.channel.Channel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.handler.ssl.SslHandler;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Splices with {@code splice(2)}, between plain TCP sockets on epoll.
 *
 * <p>Not with Netty's {@code AbstractEpollStreamChannel.spliceTo}: it closes an upstream that has sent all and then closed
 * (EPOLLRDHUP) as soon as the pipe is full, and the rest of its answer is lost.
 */
final class EpollSplicer implements Splicer {
    @Override
    public @Nullable SplicePipe open(Channel source, Channel destination) throws IOException {
        return source instanceof EpollSocketChannel from
                        && destination instanceof EpollSocketChannel to
                        && isPlain(source)
                        && isPlain(destination)
                ? new EpollSplicePipe(from, to)
                : null;
    }

    private static boolean isPlain(Channel channel) {
        return channel.pipeline().get(SslHandler.class) == null;
    }
}
