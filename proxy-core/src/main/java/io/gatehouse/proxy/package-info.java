// SPDX-License-Identifier: Apache-2.0
/**
 * The ports that the rest of Gatehouse plugs into, and the types they speak: {@link io.gatehouse.proxy.Router} decides
 * where a request goes, {@link io.gatehouse.proxy.Authenticator} who sent it, {@link io.gatehouse.proxy.BodyFilter} edits
 * a body on its way, {@link io.gatehouse.proxy.LocalHandler} answers by itself. Every failure has a name in
 * {@link io.gatehouse.proxy.ErrorType}.
 *
 * <p>Behind them, from the wire inwards:
 *
 * <ul>
 *   <li>{@code server}: event loops, listeners, their pipelines;
 *   <li>{@code takeover}: how listening sockets pass from one process to the next;
 *   <li>{@code net}: transports, deadlines, drain state;
 *   <li>{@code http1}: heads and bodies as bytes, no channel in sight;
 *   <li>{@code exchange}: one request and its response; start reading at {@code ExchangeStateMachine};
 *   <li>{@code forwarding}: who the client is when proxies stand in between;
 *   <li>{@code log} and {@code metrics}: what operators see of it.
 * </ul>
 */
@NullMarked
package io.gatehouse.proxy;

import org.jspecify.annotations.NullMarked;
