// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** That the kernel does what it is asked for, with each transport that this machine has. */
public class KernelKeepAliveIT {
    /** The kernel's table counts in hundredths of a second; its own first probe would come after two hours. */
    private static final int TWENTY_SECONDS = 2_000;

    @ParameterizedTest
    @EnumSource(Transport.Kind.class)
    @EnabledOnOs(OS.LINUX)
    void theKernelLooksAfterASilentConnection(Transport.Kind kind) throws Exception {
        Transport transport = available(kind);
        EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, transport.ioHandlerFactory());
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            // When
            Channel channel = new Bootstrap()
                    .group(loops)
                    .channel(transport.socketChannel())
                    .handler(new ChannelInboundHandlerAdapter())
                    .connect(server.getLocalSocketAddress())
                    .syncUninterruptibly()
                    .channel();
            transport.keepAlive().watch(channel);
            // Then
            assertThat(channel.config().getOption(ChannelOption.SO_KEEPALIVE)).isTrue();
            transport
                    .keepAlive()
                    .options()
                    .forEach((option, value) -> assertThat(channel.config().getOption(option))
                            .as(option.name())
                            .isEqualTo(value));
            assertThat(timers(server.getLocalPort()))
                    .hasSize(1)
                    .allSatisfy(due -> assertThat(due).isBetween(1, TWENTY_SECONDS));
            channel.close().syncUninterruptibly();
        } finally {
            loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
        }
    }

    private static Transport available(Transport.Kind kind) {
        try {
            return Transport.of(kind);
        } catch (UnsupportedOperationException no) {
            assumeTrue(false, no.getMessage());
            throw no;
        }
    }

    /** When the kernel will probe the connections to that port, by its tables of them (timer 2 is that of keep-alive). */
    public static List<Integer> timers(int port) throws IOException {
        String remote = String.format(Locale.ROOT, ":%04X", port);
        List<String> connections = new ArrayList<>(Files.readAllLines(Path.of("/proc/net/tcp")));
        connections.addAll(Files.readAllLines(Path.of("/proc/net/tcp6")));
        return connections.stream()
                .map(line -> line.strip().split("\\s+"))
                .filter(fields -> fields[2].endsWith(remote) && fields[5].startsWith("02:"))
                .map(fields -> Integer.parseInt(fields[5].substring(3), 16))
                .toList();
    }
}
