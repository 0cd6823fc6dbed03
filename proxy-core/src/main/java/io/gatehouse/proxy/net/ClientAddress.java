// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.net;

import io.netty.channel.Channel;
import io.netty.util.AttributeKey;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** Who a client's connection comes from: its peer, unless a load balancer in between said better. */
public final class ClientAddress {
    private static final AttributeKey<InetAddress> KEY = AttributeKey.valueOf(ClientAddress.class, "told");

    private ClientAddress() {}

    /** The client's address; loopback where the channel has none, as in tests. */
    public static InetAddress of(Channel channel) {
        InetAddress told = channel.attr(KEY).get();
        if (told != null) {
            return told;
        }
        return channel.remoteAddress() instanceof InetSocketAddress address
                ? address.getAddress()
                : InetAddress.getLoopbackAddress();
    }

    /** Called before the connection's {@code channelActive} reaches those who ask. */
    public static void tell(Channel channel, InetAddress client) {
        channel.attr(KEY).set(client);
    }
}
