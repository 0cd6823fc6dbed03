// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.net;

import io.netty.channel.Channel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.handler.ssl.SslHandler;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Splices with {@code splice(2)}, between plain TCP sockets on epoll.
 *
 * <p>Not with Netty's {@code AbstractEpollStreamChannel.spliceTo}: it closes an upstream that has sent all and then closed
 * (EPOLLRDHUP) as soon as the pipe is full, and the rest of its answer is lost.
 */
final class EpollSplicer implements Splicer {
    /**
     * Pipes at a time. The kernel lets an unprivileged user have 64 of their size and then cuts all further pipes of that user,
     * in every process, to a page or two; whoever comes too late is served by copying.
     */
    static final int MOST_PIPES = 32;

    private static final Logger LOG = LoggerFactory.getLogger(EpollSplicer.class);

    private final AtomicInteger pipes = new AtomicInteger();

    private EpollSplicer() {}

    /** The splicer, or {@link Splicer#NONE} in a process that may not call native code. */
    static Splicer orNone() {
        try {
            LargePipe.open().close();
        } catch (IOException noRoom) {
            // There may be some later.
            LOG.atDebug().setCause(noRoom).log("no room for a large pipe at the moment");
        } catch (RuntimeException | LinkageError denied) {
            LOG.atWarn()
                    .addKeyValue("reason", String.valueOf(denied.getMessage()))
                    .log("large bodies are copied: start Java with --enable-native-access=ALL-UNNAMED to splice them");
            return Splicer.NONE;
        }
        return new EpollSplicer();
    }

    @Override
    public @Nullable SplicePipe open(Channel source, Channel destination) throws IOException {
        return source instanceof EpollSocketChannel from
                        && destination instanceof EpollSocketChannel to
                        && isPlain(source)
                        && isPlain(destination)
                ? open(from, to)
                : null;
    }

    private @Nullable SplicePipe open(EpollSocketChannel source, EpollSocketChannel destination) throws IOException {
        if (pipes.incrementAndGet() <= MOST_PIPES) {
            try {
                return new EpollSplicePipe(source, destination, LargePipe.open(), pipes::decrementAndGet);
            } catch (IOException e) {
                pipes.decrementAndGet();
                throw e;
            }
        }
        pipes.decrementAndGet();
        return null;
    }

    private static boolean isPlain(Channel channel) {
        return channel.pipeline().get(SslHandler.class) == null;
    }
}
