// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.takeover;

import io.gatehouse.proxy.net.Transport;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where a running server waits for its successor. Opened by the launcher once the server serves, closed when it stops; a
 * successor that breaks off before it is ready changes nothing.
 */
public final class TakeoverSocket implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TakeoverSocket.class);

    private final Channel channel;
    private final SocketFile file;
    private final Successors successors;

    private TakeoverSocket(Channel channel, SocketFile file, Successors successors) {
        this.channel = channel;
        this.file = file;
        this.successors = successors;
    }

    /**
     * Fails where no takeover can be, before anything is bound or asked for.
     *
     * @param transport of the listeners
     * @param uid of this process
     * @param replace whether the process that listens there, if any, is to be succeeded
     */
    public static void check(Transport transport, Path path, int uid, boolean replace) throws IOException {
        if (transport.serverChannel() != EpollServerSocketChannel.class) {
            throw new TakeoverException("takeover.socket: sockets can be handed over on Linux with epoll only, and this"
                    + " process uses " + transport.name() + "; remove takeover.socket from the configuration");
        }
        check(path, uid, replace);
    }

    private static void check(Path path, int uid, boolean replace) throws IOException {
        SocketFile.check(path, uid);
        if (!replace && SocketFile.isServed(path)) {
            throw new TakeoverException("takeover.socket: another process listens at " + path
                    + "; use 'serve --takeover' to succeed it, or another path to run beside it");
        }
    }

    /**
     * Listens. Blocks for a moment; not for event loops.
     *
     * @param loop an epoll loop of the server; all successors are served on it
     * @param uid of this process: only it and root may take over
     * @param replace whether the socket of another process, which has said that it stopped, may be replaced unasked
     * @param sockets what is handed over, looked up for each successor; the descriptors stay open until {@link #close}
     * @param ready told at most once, on the loop, that a successor is ready
     */
    public static TakeoverSocket open(
            EventLoop loop,
            Path path,
            int uid,
            TakeoverPatience patience,
            boolean replace,
            Supplier<List<ListeningSocket>> sockets,
            Consumer<Handover> ready)
            throws IOException {
        check(path, uid, replace);
        Successors successors = new Successors(new PeerCheck(uid), patience, sockets, ready);
        SocketFile file = SocketFile.prepare(path);
        Channel channel = bind(loop, file, successors);
        try {
            file.publish();
        } catch (IOException e) {
            channel.close();
            throw new TakeoverException("takeover.socket: cannot make " + path + ": " + e, e);
        }
        LOG.atInfo().addKeyValue("socket", path).log("a new process may take over");
        return new TakeoverSocket(channel, file, successors);
    }

    private static Channel bind(EventLoop loop, SocketFile file, Successors successors) throws IOException {
        // Netty deletes the file that it bound when it closes the channel: by then that name is gone.
        ChannelFuture bound = new ServerBootstrap()
                .group(loop)
                .channel(EpollServerDomainSocketChannel.class)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel child) {
                        TakeoverProtocol.addCodec(child.pipeline());
                        child.pipeline().addLast(new SuccessorHandler(successors));
                    }
                })
                .bind(new DomainSocketAddress(file.unpublished().toString()))
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            file.discard();
            throw new TakeoverException(
                    "takeover.socket: cannot listen at " + file.unpublished() + ": "
                            + bound.cause().getMessage(),
                    bound.cause());
        }
        return bound.channel();
    }

    /**
     * Nobody may take over any more: refuses whoever is in the middle of it, and returns when no descriptor will be sent any
     * more. After a handover the file is left to the new process; a file that cannot be removed is no reason to fail, because
     * the next process replaces it.
     */
    @Override
    public void close() {
        channel.close().awaitUninterruptibly();
        Future<Boolean> handedOver = channel.eventLoop().submit(successors::end);
        if (handedOver.awaitUninterruptibly().getNow()) {
            return;
        }
        try {
            file.remove();
        } catch (IOException e) {
            LOG.atWarn().addKeyValue("problem", e.toString()).log("the takeover socket's file cannot be removed");
        }
    }
}
