// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.takeover;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.unix.DomainSocketReadMode;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.PeerCredentials;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * The new process's side of {@link TakeoverProtocol}.
 *
 * <pre>
 *   OFFER --end--> DESCRIPTORS --all of them--> READY --stopped--> OVER
 * </pre>
 *
 * Descriptors that came belong to this handler until {@link #takeReceived}.
 */
final class PredecessorHandler extends ChannelInboundHandlerAdapter {
    private enum State {
        OFFER,
        DESCRIPTORS,
        READY,
        OVER
    }

    private final PeerCheck peers;
    private final CompletableFuture<Integer> received = new CompletableFuture<>();
    private final CompletableFuture<Predecessor.End> ended = new CompletableFuture<>();
    private final List<TakeoverProtocol.Announced> announced = new ArrayList<>();
    private final List<ListeningSocket> sockets = new ArrayList<>();
    private State state = State.OFFER;
    private int pid;

    PredecessorHandler(PeerCheck peers) {
        this.peers = peers;
    }

    /** Done when all descriptors are here, with the number of the old process. */
    CompletableFuture<Integer> received() {
        return received;
    }

    /** Done when the old process has stopped accepting, or its connection has ended; failed when it refused. */
    CompletableFuture<Predecessor.End> ended() {
        return ended;
    }

    /** Gives what came to the caller, once: when {@link #received} is done, or when the event loop has ended. */
    synchronized InheritedSockets takeReceived() {
        InheritedSockets taken = new InheritedSockets(sockets);
        sockets.clear();
        return taken;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) throws IOException {
        PeerCredentials peer = PeerCheck.of(ctx.channel());
        pid = peer.pid();
        if (!peers.mayBe(peer.uid())) {
            fail(ctx, "it belongs to another user (uid " + peer.uid() + "); run both as the same one");
            return;
        }
        ctx.writeAndFlush(TakeoverProtocol.HELLO + "\n");
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) throws IOException {
        switch (message) {
            case FileDescriptor descriptor -> onDescriptor(ctx, descriptor);
            case String line
            when line.startsWith(TakeoverProtocol.REFUSED) ->
                fail(
                        ctx,
                        "it refused: " + TakeoverProtocol.printable(line.substring(TakeoverProtocol.REFUSED.length())));
            case String line when state == State.OFFER -> onOffer(ctx, line);
            case String line
            when state == State.READY && line.equals(TakeoverProtocol.STOPPED) -> {
                state = State.OVER;
                ended.complete(Predecessor.End.STOPPED);
            }
            default -> fail(ctx, "it spoke out of turn: '" + TakeoverProtocol.printable(message.toString()) + "'");
        }
    }

    private void onOffer(ChannelHandlerContext ctx, String line) throws TakeoverException {
        if (line.equals(TakeoverProtocol.END)) {
            state = State.DESCRIPTORS;
            // Before the word that makes it send them.
            ctx.channel()
                    .config()
                    .setOption(EpollChannelOption.DOMAIN_SOCKET_READ_MODE, DomainSocketReadMode.FILE_DESCRIPTORS);
            ctx.writeAndFlush(TakeoverProtocol.SOCKETS + "\n");
            onAllReceived(ctx);
            return;
        }
        TakeoverProtocol.Announced listener = TakeoverProtocol.announced(line);
        if (announced.size() == TakeoverProtocol.MAX_LISTENERS
                || announced.stream().anyMatch(other -> other.name().equals(listener.name()))) {
            fail(ctx, "it named too many listeners, or one twice");
            return;
        }
        announced.add(listener);
    }

    private void onDescriptor(ChannelHandlerContext ctx, FileDescriptor descriptor) throws IOException {
        int position;
        synchronized (this) {
            position = sockets.size();
            if (state == State.DESCRIPTORS && position < announced.size()) {
                TakeoverProtocol.Announced listener = announced.get(position);
                sockets.add(new ListeningSocket(listener.name(), listener.address(), descriptor));
            } else {
                descriptor.close();
                position = -1;
            }
        }
        if (position < 0) {
            fail(ctx, "it sent more sockets than it named");
            return;
        }
        TakeoverProtocol.Announced listener = announced.get(position);
        InetSocketAddress bound = new Socket(descriptor.intValue()).localAddress();
        if (bound == null || bound.getPort() != listener.address().getPort()) {
            fail(ctx, "the socket it sent for " + listener.name() + " listens at " + bound);
            return;
        }
        onAllReceived(ctx);
    }

    private synchronized void onAllReceived(ChannelHandlerContext ctx) {
        if (sockets.size() == announced.size()) {
            state = State.READY;
            ctx.channel().config().setOption(EpollChannelOption.DOMAIN_SOCKET_READ_MODE, DomainSocketReadMode.BYTES);
            received.complete(pid);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        received.completeExceptionally(new TakeoverException("it broke off"));
        ended.complete(Predecessor.End.GONE);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        TakeoverException problem = cause instanceof TakeoverException known
                ? known
                : new TakeoverException("the connection to it failed: " + cause.getMessage(), cause);
        fail(ctx, problem);
    }

    private void fail(ChannelHandlerContext ctx, String what) {
        fail(ctx, new TakeoverException(what));
    }

    private void fail(ChannelHandlerContext ctx, TakeoverException problem) {
        state = State.OVER;
        received.completeExceptionally(problem);
        ended.completeExceptionally(problem);
        ctx.close();
    }
}
