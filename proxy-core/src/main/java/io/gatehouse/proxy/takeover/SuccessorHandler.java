// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.takeover;

import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.PeerCredentials;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The old process's side of {@link TakeoverProtocol}, one for each connection.
 *
 * <pre>
 *   GREETING --hello--> OFFERED --sockets--> HANDED --ready--> STOPPING --confirm()--> OVER
 *       any other word, silence beyond the deadline, the end of the connection: OVER, and nothing has changed
 * </pre>
 *
 * What it sends are its own descriptors, which stay open; the kernel makes the copies.
 */
final class SuccessorHandler extends SimpleChannelInboundHandler<String> {
    private static final Logger LOG = LoggerFactory.getLogger(SuccessorHandler.class);

    private enum State {
        GREETING,
        OFFERED,
        HANDED,
        STOPPING,
        OVER
    }

    private final Successors successors;
    private State state = State.GREETING;
    private List<ListeningSocket> offered = List.of();
    private @Nullable ChannelHandlerContext ctx;
    private @Nullable Future<?> deadline;
    private int pid;

    SuccessorHandler(Successors successors) {
        this.successors = successors;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) throws IOException {
        ctx = context;
        PeerCredentials peer = PeerCheck.of(context.channel());
        pid = peer.pid();
        if (!successors.peers().mayBe(peer.uid())) {
            LOG.atWarn().addKeyValue("pid", pid).addKeyValue("uid", peer.uid()).log("a stranger wants to take over");
            end(context);
            return;
        }
        expect(context, successors.patience().step());
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, String line) {
        switch (state) {
            case GREETING -> greeted(context, line);
            case OFFERED -> sendSockets(context, line);
            case HANDED -> ready(context, line);
            case STOPPING, OVER -> end(context);
        }
    }

    private void greeted(ChannelHandlerContext context, String line) {
        if (!line.equals(TakeoverProtocol.HELLO)) {
            LOG.atWarn()
                    .addKeyValue("pid", pid)
                    .addKeyValue("said", TakeoverProtocol.printable(line))
                    .log("not how a takeover begins");
            refuse("this process expects '" + TakeoverProtocol.HELLO + "'");
            return;
        }
        String refusal = successors.begin(this);
        if (refusal != null) {
            LOG.atWarn().addKeyValue("pid", pid).addKeyValue("reason", refusal).log("takeover refused");
            refuse(refusal);
            return;
        }
        LOG.atInfo().addKeyValue("pid", pid).log("takeover begins");
        state = State.OFFERED;
        offered = successors.sockets();
        expect(context, successors.patience().step());
        context.writeAndFlush(TakeoverProtocol.offer(offered));
    }

    private void sendSockets(ChannelHandlerContext context, String line) {
        if (!line.equals(TakeoverProtocol.SOCKETS)) {
            refuse("expected '" + TakeoverProtocol.SOCKETS + "'");
            return;
        }
        state = State.HANDED;
        expect(context, successors.patience().start());
        for (ListeningSocket socket : offered) {
            context.write(new FileDescriptor(socket.descriptor().intValue()));
        }
        context.flush();
    }

    private void ready(ChannelHandlerContext context, String line) {
        if (!line.equals(TakeoverProtocol.READY)) {
            refuse("expected '" + TakeoverProtocol.READY + "'");
            return;
        }
        state = State.STOPPING;
        expectNothing();
        LOG.atInfo().addKeyValue("pid", pid).log("the new process is ready");
        successors.ready(new Handover() {
            @Override
            public int pid() {
                return pid;
            }

            @Override
            public void confirm() {
                context.executor().execute(() -> {
                    state = State.OVER;
                    context.writeAndFlush(TakeoverProtocol.STOPPED + "\n").addListener(ChannelFutureListener.CLOSE);
                });
            }
        });
    }

    /** Ends it in words. Called on the event loop, also when this process stops. */
    void refuse(String reason) {
        ChannelHandlerContext context = ctx;
        if (context == null || state == State.OVER) {
            return;
        }
        state = State.OVER;
        expectNothing();
        successors.gone(this);
        context.writeAndFlush(TakeoverProtocol.REFUSED + reason + "\n").addListener(ChannelFutureListener.CLOSE);
    }

    private void expect(ChannelHandlerContext context, Duration patience) {
        expectNothing();
        deadline = context.executor()
                .schedule(
                        () -> {
                            LOG.atWarn()
                                    .addKeyValue("pid", pid)
                                    .addKeyValue("state", state)
                                    .addKeyValue("waited", patience)
                                    .log("a takeover that does not go on; this process does");
                            refuse("nothing was said for " + patience.toMillis() + " ms");
                        },
                        patience.toMillis(),
                        TimeUnit.MILLISECONDS);
    }

    private void expectNothing() {
        if (deadline != null) {
            deadline.cancel(false);
            deadline = null;
        }
    }

    private void end(ChannelHandlerContext context) {
        state = State.OVER;
        context.close();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        expectNothing();
        if (state == State.OFFERED || state == State.HANDED) {
            LOG.atWarn()
                    .addKeyValue("pid", pid)
                    .addKeyValue("state", state)
                    .log("the new process broke off; this one goes on");
        }
        successors.gone(this);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        LOG.atWarn()
                .addKeyValue("pid", pid)
                .addKeyValue("cause", cause.toString())
                .log("closing the connection of a takeover");
        context.close();
    }
}
