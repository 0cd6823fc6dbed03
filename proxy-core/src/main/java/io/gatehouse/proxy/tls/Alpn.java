// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.tls;

import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolNames;

/**
 * What is said of protocols within a handshake (RFC 7301): one protocol, and no end of the connection where the peer knows nothing of it.
 */
final class Alpn {
    static final ApplicationProtocolConfig HTTP_1_1 = only(ApplicationProtocolNames.HTTP_1_1);
    static final ApplicationProtocolConfig HTTP_2 = only(ApplicationProtocolNames.HTTP_2);

    private Alpn() {}

    private static ApplicationProtocolConfig only(String protocol) {
        return new ApplicationProtocolConfig(
                Protocol.ALPN, SelectorFailureBehavior.NO_ADVERTISE, SelectedListenerFailureBehavior.ACCEPT, protocol);
    }
}
