// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.server;

import io.gatehouse.proxy.exchange.LoopContext;
import io.gatehouse.proxy.metrics.ListenerMeters;
import io.gatehouse.proxy.net.ClientAddress;
import io.gatehouse.proxy.net.DeadlineScanner;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import java.net.InetAddress;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the PROXY header off the beginning of a load balancer's connection; the address in it is the client's from then on. The
 * handlers behind see the connection begin when the header is there, and none of it where it never comes.
 *
 * <p>Peers of other networks are taken as they are: a header of theirs is a broken request, so nobody can lie about an address.
 *
 * <p><b>Reference counting.</b> Owns what came while the header is not whole, and gives on the bytes behind it.
 */
final class ProxyProtocolHandler extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(ProxyProtocolHandler.class);

    private final Predicate<InetAddress> balancers;
    private final ListenerMeters meters;
    private final LoopContext loop;
    private @Nullable Deadline deadline;
    private @Nullable ByteBuf received;
    private boolean failed;

    ProxyProtocolHandler(Predicate<InetAddress> balancers, ListenerMeters meters, LoopContext loop) {
        this.balancers = balancers;
        this.meters = meters;
        this.loop = loop;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        if (balancers.test(ClientAddress.of(ctx.channel()))) {
            deadline = new Deadline(ctx, loop.nanoTime());
            loop.deadlines().add(deadline);
        } else {
            ctx.fireChannelActive();
            ctx.pipeline().remove(this);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        if (failed) {
            ReferenceCountUtil.release(msg);
            return;
        }
        ByteBuf all = joined(ctx, (ByteBuf) msg);
        received = all;
        if (!all.isReadable()) {
            return;
        }
        try {
            ProxyHeader header = ProxyHeader.read(all);
            if (header != null) {
                begin(ctx, header);
            }
        } catch (ProxyHeader.MalformedException malformed) {
            fail(ctx, malformed.getMessage());
        }
    }

    /** All bytes so far. Not more than a header has and one read. */
    private ByteBuf joined(ChannelHandlerContext ctx, ByteBuf in) {
        ByteBuf before = received;
        if (before == null) {
            return in;
        }
        ByteBuf all = ctx.alloc().buffer(before.readableBytes() + in.readableBytes());
        all.writeBytes(before).writeBytes(in);
        before.release();
        in.release();
        return all;
    }

    private void begin(ChannelHandlerContext ctx, ProxyHeader header) {
        ByteBuf rest = received;
        received = null;
        if (header.source() != null) {
            ClientAddress.tell(ctx.channel(), header.source());
        }
        ctx.fireChannelActive();
        ctx.pipeline().remove(this);
        if (rest != null) {
            rest.skipBytes(header.length());
            if (rest.isReadable()) {
                ctx.fireChannelRead(rest);
            } else {
                rest.release();
            }
        }
    }

    private void fail(ChannelHandlerContext ctx, @Nullable String reason) {
        failed = true;
        meters.proxyProtocolFailed();
        LOG.atDebug()
                .addKeyValue("peer", ctx.channel().remoteAddress())
                .addKeyValue("reason", reason)
                .log("closing a connection without a valid PROXY header");
        dropReceived();
        ctx.close();
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        // Nobody behind has seen this connection.
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        // Nobody behind has seen this connection.
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        // One that came without a byte is a health check of the balancer's.
        if (received != null) {
            fail(ctx, "the connection ended within the header");
        }
        stopWatching();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        stopWatching();
        dropReceived();
    }

    private void stopWatching() {
        if (deadline != null) {
            loop.deadlines().remove(deadline);
            deadline = null;
        }
    }

    private void dropReceived() {
        if (received != null) {
            received.release();
            received = null;
        }
    }

    /** The header has as long as a request's head; a process that shuts down does not wait for it. */
    private final class Deadline extends DeadlineScanner.Watched {
        private final ChannelHandlerContext ctx;
        private final long sinceNanos;

        private Deadline(ChannelHandlerContext ctx, long sinceNanos) {
            this.ctx = ctx;
            this.sinceNanos = sinceNanos;
        }

        @Override
        protected void onTick(long nowNanos) {
            long limit = loop.environment().settings().downstream().head().toNanos();
            if (loop.environment().drainState().isDraining()) {
                dropReceived();
                ctx.close();
            } else if (nowNanos - sinceNanos > limit) {
                fail(ctx, "the header did not come in time");
            }
        }
    }
}
