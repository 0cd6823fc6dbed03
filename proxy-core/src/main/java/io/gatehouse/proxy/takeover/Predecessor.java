// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.takeover;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The process that runs, as the new one sees it while it takes over: it has given its sockets, and waits for
 * {@link #ready}. Closing before that leaves it as it was. All methods may block; none is for event loops.
 */
public final class Predecessor implements AutoCloseable {
    /** How the old process has answered that the new one is ready. */
    public enum End {
        /** It accepts no more. */
        STOPPED,
        /** It is gone without a word, so it accepts no more either. */
        GONE,
        /** It says nothing. It may be stuck; it may also accept still. */
        SILENT
    }

    private final Path path;
    private final EventLoopGroup loops;
    private final Channel channel;
    private final PredecessorHandler handler;
    private final TakeoverPatience patience;
    private final InheritedSockets sockets;
    private final int pid;

    private Predecessor(
            Path path,
            EventLoopGroup loops,
            Channel channel,
            PredecessorHandler handler,
            TakeoverPatience patience,
            InheritedSockets sockets,
            int pid) {
        this.path = path;
        this.loops = loops;
        this.channel = channel;
        this.handler = handler;
        this.patience = patience;
        this.sockets = sockets;
        this.pid = pid;
    }

    /**
     * Asks the process that listens at {@code path} for its sockets.
     *
     * @param uid of this process: the other one has to belong to it or to root
     * @return null when nobody listens there
     * @throws TakeoverException when there is somebody and it does not work out; that one then goes on
     */
    public static @Nullable Predecessor find(Path path, int uid, TakeoverPatience patience)
            throws IOException, InterruptedException {
        SocketFile.check(path, uid);
        if (!SocketFile.isServed(path)) {
            return null;
        }
        EventLoopGroup loops = new MultiThreadIoEventLoopGroup(
                1, new DefaultThreadFactory("gatehouse-takeover", true), EpollIoHandler.newFactory());
        PredecessorHandler handler = new PredecessorHandler(new PeerCheck(uid));
        try {
            Channel channel = connect(loops, path, handler);
            int pid = await(handler.received(), patience.step());
            return new Predecessor(path, loops, channel, handler, patience, handler.takeReceived(), pid);
        } catch (TakeoverException | InterruptedException | RuntimeException e) {
            end(loops);
            handler.takeReceived().close();
            throw e;
        }
    }

    private static Channel connect(EventLoopGroup loops, Path path, PredecessorHandler handler)
            throws TakeoverException, InterruptedException {
        ChannelFuture connected = new Bootstrap()
                .group(loops)
                .channel(EpollDomainSocketChannel.class)
                // A word that comes too late must not close what its answer, a refusal, is still to be read from.
                .option(ChannelOption.AUTO_CLOSE, false)
                .handler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        TakeoverProtocol.addCodec(channel.pipeline());
                        channel.pipeline().addLast(handler);
                    }
                })
                .connect(new DomainSocketAddress(path.toString()))
                .await();
        if (!connected.isSuccess()) {
            throw failure("cannot connect to " + path + ": " + connected.cause().getMessage(), connected.cause());
        }
        return connected.channel();
    }

    /** What it gave; closing this object closes what nobody claimed. */
    public InheritedSockets sockets() {
        return sockets;
    }

    /** The number of its process. */
    public int pid() {
        return pid;
    }

    /**
     * Tells it that this process can serve, and waits until it has stopped accepting. This process accepts from then on.
     *
     * <p>Where it died meanwhile, this process has the only copies of its sockets, with all who wait there.
     *
     * @throws TakeoverException when it refused, or broke off and lives: then it goes on, and this process must not accept
     */
    public End ready() throws IOException, InterruptedException {
        if (handler.ended().isDone() && !handler.ended().isCompletedExceptionally()) {
            if (SocketFile.isServed(path)) {
                throw failure("it broke off while this process was starting", null);
            }
            return End.GONE;
        }
        // Where it refused meanwhile, this goes nowhere, and what it said is thrown below.
        channel.writeAndFlush(TakeoverProtocol.READY + "\n");
        try {
            return handler.ended().get(patience.step().toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            return End.SILENT;
        } catch (ExecutionException e) {
            throw failure(e);
        }
    }

    private static <T> T await(CompletableFuture<T> event, Duration patience)
            throws TakeoverException, InterruptedException {
        try {
            return event.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw failure("it said nothing for " + patience.toMillis() + " ms", e);
        } catch (ExecutionException e) {
            throw failure(e);
        }
    }

    private static TakeoverException failure(ExecutionException e) {
        Throwable cause = e.getCause() == null ? e : e.getCause();
        return failure(String.valueOf(cause.getMessage()), cause);
    }

    private static TakeoverException failure(String what, @Nullable Throwable cause) {
        String message = "cannot take over from the process that runs: " + what
                + ". Nothing has changed for it; try again, or restart it without --takeover.";
        return cause == null ? new TakeoverException(message) : new TakeoverException(message, cause);
    }

    private static void end(EventLoopGroup loops) {
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    /** Closes the connection and what nobody claimed. Before {@link #ready}, the old process goes on as if nothing had been. */
    @Override
    public void close() {
        sockets.close();
        end(loops);
    }
}
