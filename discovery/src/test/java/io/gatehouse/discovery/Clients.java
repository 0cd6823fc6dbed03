// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import io.gatehouse.proxy.ClientInfo;
import io.gatehouse.proxy.Forwarding;
import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Who sends the requests of a test. */
final class Clients {
    /** Nobody in between, or nobody whose word counts. */
    static final ClientInfo DIRECT = ClientInfo.direct(InetAddress.getLoopbackAddress(), "http");

    private Clients() {}

    /** Behind a trusted proxy that says where the client thinks it is. */
    static ClientInfo at(@Nullable String scheme, @Nullable String host, int port) {
        return told(new Forwarding(List.of(DIRECT.address()), scheme, host, port, ""));
    }

    /** Behind a trusted proxy that has taken a prefix off the path. */
    static ClientInfo below(String prefix) {
        return told(new Forwarding(List.of(DIRECT.address()), null, null, 0, prefix));
    }

    private static ClientInfo told(Forwarding forwarding) {
        String scheme = forwarding.scheme();
        return new ClientInfo(InetAddress.ofLiteral("192.0.2.1"), scheme == null ? "http" : scheme, forwarding);
    }
}
