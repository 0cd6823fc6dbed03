// SPDX-License-Identifier: Apache-2.0
/**
 * Who a client is when proxies stand in between: reads {@code X-Forwarded-*} and {@code Forwarded} of trusted peers, and makes
 * those that upstreams get. Start at {@link io.gatehouse.proxy.forwarding.ClientResolver}.
 */
@NullMarked
package io.gatehouse.proxy.forwarding;

import org.jspecify.annotations.NullMarked;
