// SPDX-License-Identifier: Apache-2.0
/**
 * One request and its response, from the first byte to the access log. Start at
 * {@link io.gatehouse.proxy.exchange.ExchangeStateMachine}, whose Javadoc has the diagram; the steps that a request takes
 * before it is forwarded are listed there in order. {@link io.gatehouse.proxy.exchange.UpstreamPool} has the connections
 * to the other side.
 */
@NullMarked
package io.gatehouse.proxy.exchange;

import org.jspecify.annotations.NullMarked;
