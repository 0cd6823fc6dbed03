// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.wiring;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.pkitesting.X509Bundle;
import io.netty.util.ReferenceCountUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Stands for a Spark Connect server: it has no session that it is asked for, answers all other calls with an empty message, and says in
 * metadata who it is and which token it was shown. A plan it executes for ever.
 */
final class ConnectServer implements AutoCloseable {
    private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final String name;
    private final Channel channel;

    /** {@code identity}: for TLS; null for none. */
    ConnectServer(String name, @Nullable X509Bundle identity) throws Exception {
        this.name = name;
        SslContext tls = identity == null
                ? null
                : SslContextBuilder.forServer(identity.toKeyManagerFactory())
                        .applicationProtocolConfig(new ApplicationProtocolConfig(
                                Protocol.ALPN,
                                SelectorFailureBehavior.NO_ADVERTISE,
                                SelectedListenerFailureBehavior.ACCEPT,
                                ApplicationProtocolNames.HTTP_2))
                        .build();
        channel = new ServerBootstrap()
                .group(group)
                .channel(NioServerSocketChannel.class)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel accepted) {
                        if (tls != null) {
                            accepted.pipeline().addLast(tls.newHandler(accepted.alloc()));
                        }
                        accepted.pipeline()
                                .addLast(Http2FrameCodecBuilder.forServer().build())
                                .addLast(new Http2MultiplexHandler(new Calls()));
                    }
                })
                .bind(InetAddress.getLoopbackAddress(), 0)
                .sync()
                .channel();
    }

    int port() {
        return ((InetSocketAddress) channel.localAddress()).getPort();
    }

    @Override
    public void close() {
        group.shutdownGracefully().syncUninterruptibly();
    }

    private final class Calls extends ChannelInitializer<Channel> {
        @Override
        protected void initChannel(Channel stream) {
            stream.pipeline().addLast(new Call());
        }
    }

    private final class Call extends ChannelInboundHandlerAdapter {
        private String path = "";
        private String token = "";

        @Override
        public void channelRead(ChannelHandlerContext context, Object frame) {
            boolean end = false;
            if (frame instanceof Http2HeadersFrame head) {
                path = String.valueOf(head.headers().path());
                token = String.valueOf(head.headers().get("authorization"));
                end = head.isEndStream();
            } else if (frame instanceof Http2DataFrame data) {
                end = data.isEndStream();
            }
            ReferenceCountUtil.release(frame);
            if (end) {
                answer(context);
            }
        }

        private void answer(ChannelHandlerContext context) {
            Http2Headers head = new DefaultHttp2Headers()
                    .status("200")
                    .add("content-type", "application/grpc")
                    .add("x-server", name)
                    .add("x-token", token);
            if (path.endsWith("/ReleaseExecute")) {
                head.add("grpc-status", "13").add("grpc-message", "[INVALID_HANDLE.SESSION_NOT_FOUND] The handle");
                context.writeAndFlush(new DefaultHttp2HeadersFrame(head, true));
                return;
            }
            context.write(new DefaultHttp2HeadersFrame(head));
            context.writeAndFlush(new DefaultHttp2DataFrame(Unpooled.wrappedBuffer(new byte[5])));
            if (path.endsWith("/ExecutePlan")) {
                return;
            }
            context.writeAndFlush(
                    new DefaultHttp2HeadersFrame(new DefaultHttp2Headers().add("grpc-status", "0"), true));
        }
    }
}
