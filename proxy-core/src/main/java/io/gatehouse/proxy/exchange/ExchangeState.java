// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.exchange;

import io.gatehouse.proxy.RouteDecision.Forward;

/**
 * Where an exchange stands. Root of a sealed hierarchy: each state carries what only it needs; the transitions are the
 * {@code on*} methods of {@link ExchangeStateMachine}.
 */
sealed interface ExchangeState {
    /** Between two requests of a connection. */
    record Idle() implements ExchangeState {
        static final Idle INSTANCE = new Idle();
    }

    /** The authenticator or the router answers later. Compared by identity, so that a late answer finds its question. */
    record Deciding(Object question) implements ExchangeState {
        static Deciding anew() {
            return new Deciding(new Object());
        }
    }

    /** A connection to an upstream is waited for. */
    record Connecting(Forward forward, UpstreamAttempts attempts) implements ExchangeState {}

    /** Request and response are under way on {@code upstream}. */
    record Forwarding(Forward forward, UpstreamAttempts attempts, Http1BackendHandler upstream)
            implements ExchangeState {}

    /** The connection is a WebSocket to {@code upstream}: bytes pass both ways until one side ends it. */
    record Tunnelling(Http1BackendHandler upstream) implements ExchangeState {}

    /** The body is collected for a local handler. */
    record Collecting(LocalCall call) implements ExchangeState {}

    /** A local handler works. */
    record Handling(LocalCall call) implements ExchangeState {}

    /** An answer of ours leaves as its parts come: server-sent events, or what several upstreams say. */
    record Streaming(StreamedAnswer answer) implements ExchangeState {}

    /** The last response is out; the connection ends. */
    record Closing() implements ExchangeState {
        static final Closing INSTANCE = new Closing();
    }

    /** The connection is gone. */
    record Closed() implements ExchangeState {
        static final Closed INSTANCE = new Closed();
    }
}
