// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.net;

import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The end of every pipeline: closes what threw, releases what nobody took. An {@link IOException} is a peer that went
 * away and is nobody's fault; anything else is a defect of ours and logged as such.
 */
@ChannelHandler.Sharable
public final class LastResortHandler extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(LastResortHandler.class);

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        ReferenceCountUtil.release(msg);
        LOG.atError()
                .addKeyValue("message", msg.getClass().getSimpleName())
                .log("message reached the end of the pipeline");
        ctx.close();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof IOException) {
            LOG.atDebug()
                    .addKeyValue("channel", ctx.channel().id().asShortText())
                    .log("peer gone", cause);
        } else {
            LOG.atError()
                    .addKeyValue("channel", ctx.channel().id().asShortText())
                    .addKeyValue("cause", cause.getClass().getName())
                    .log("closing a connection after an unexpected exception", cause);
        }
        ctx.close();
    }
}
