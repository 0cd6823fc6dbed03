// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.net;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;

/** The lowest handler of a connection whose bytes nobody reads any more; owns what comes, and releases it. */
final class DroppedReads extends ChannelInboundHandlerAdapter {
    private final Runnable onDropped;

    DroppedReads(Runnable onDropped) {
        this.onDropped = onDropped;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        ReferenceCountUtil.release(msg);
        onDropped.run();
    }
}
