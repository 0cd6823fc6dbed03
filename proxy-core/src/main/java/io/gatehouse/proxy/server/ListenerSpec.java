// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.server;

import io.gatehouse.proxy.Authenticator;
import io.gatehouse.proxy.Router;
import java.net.InetSocketAddress;

/**
 * What makes a listener.
 *
 * @param name for logs and the metrics' {@code listener} label
 * @param address where it binds; port 0 takes a free one
 * @param limits at first; see {@link HttpListener#use}
 * @param accessLogged whether its exchanges go to the access log
 * @param shedsLoad whether it refuses requests while memory is exhausted; not where probes come in
 */
public record ListenerSpec(
        String name,
        InetSocketAddress address,
        ListenerLimits limits,
        boolean accessLogged,
        boolean shedsLoad,
        Authenticator authenticator,
        Router router) {}
