// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.tls;

import io.netty.handler.ssl.ClientAuth;

/** Whether clients are asked for a certificate. One that is sent is always checked. */
public enum ClientCertificates {
    NONE(ClientAuth.NONE),
    OPTIONAL(ClientAuth.OPTIONAL),
    REQUIRED(ClientAuth.REQUIRE);

    private final ClientAuth netty;

    ClientCertificates(ClientAuth netty) {
        this.netty = netty;
    }

    ClientAuth netty() {
        return netty;
    }
}
