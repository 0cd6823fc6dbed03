// SPDX-License-Identifier: Apache-2.0
/** Event loops and listeners: what the launcher starts and stops. Start at {@link io.gatehouse.proxy.server.ProxyRuntime}. */
@NullMarked
package io.gatehouse.proxy.server;

import org.jspecify.annotations.NullMarked;
