// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.exchange;

/**
 * One client's connection, for those who write its responses: made once, used by each exchange in turn.
 *
 * @param exchange is told what becomes of a response
 * @param frontend takes the bytes
 * @param record what will be known of the present exchange
 */
record Downstream(
        ExchangeStateMachine exchange,
        Http1FrontendHandler frontend,
        ListenerContext listener,
        LoopContext loop,
        ExchangeRecord record) {}
