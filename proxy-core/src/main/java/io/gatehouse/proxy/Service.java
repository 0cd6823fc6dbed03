// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy;

import io.gatehouse.proxy.grpc.CallRouter;

/** What a listener's connections speak, and who decides about what comes in. */
public sealed interface Service {
    /** HTTP/1.1. */
    record Http(Authenticator authenticator, Router router) implements Service {}

    /** gRPC over HTTP/2: with TLS by ALPN, without it by prior knowledge (RFC 9113 section 3.3). */
    record Grpc(CallRouter router) implements Service {}
}
