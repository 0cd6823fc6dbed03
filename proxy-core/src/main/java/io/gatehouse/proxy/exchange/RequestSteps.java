// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.exchange;

import io.gatehouse.proxy.Authenticator;
import io.gatehouse.proxy.ClientInfo;
import io.gatehouse.proxy.CorsRules;
import io.gatehouse.proxy.ErrorType;
import io.gatehouse.proxy.LocalResponse;
import io.gatehouse.proxy.Principal;
import io.gatehouse.proxy.RouteDecision;
import io.gatehouse.proxy.Service;
import io.gatehouse.proxy.http1.Method;
import io.gatehouse.proxy.http1.RequestHead;

/**
 * The steps of a request on the way to a decision, in order: guard, authenticator, router. Each may end it; the last two
 * may take their time, and may fail. One per client connection; the {@link ExchangeStateMachine} is told what came of it.
 */
final class RequestSteps {
    private final ExchangeStateMachine exchange;
    private final ListenerContext listener;
    private final Service.Http service;
    private final ExchangeRecord record;
    private final String via;

    RequestSteps(
            ExchangeStateMachine exchange,
            ListenerContext listener,
            Service.Http service,
            ExchangeRecord record,
            String via) {
        this.exchange = exchange;
        this.listener = listener;
        this.service = service;
        this.record = record;
        this.via = via;
    }

    /** The first step: what is refused or answered whatever the listener. */
    void begin(RequestHead head, ClientInfo client) {
        if (listener.refusesRequests()) {
            refuse(ErrorType.OUT_OF_MEMORY, "");
        } else if (head.method() == Method.TRACE) {
            refuse(ErrorType.METHOD_NOT_ALLOWED, "TRACE is not served: it would show a client its own credentials.");
        } else if (head.isAsterisk()) {
            answer(LocalResponse.empty(204).with("Allow", LocalAnswers.EVERY_METHOD));
        } else if (Via.isLoop(head, via)) {
            refuse(ErrorType.PROXY_LOOP_DETECTED, "Check the addresses of the upstreams in the configuration.");
        } else if (listener.boundary().cors().isPreflight(head)) {
            preflight(listener.boundary().cors(), head);
        } else {
            authenticate(head, client);
        }
    }

    /** Before anybody is asked who it is: browsers send no credentials with it. */
    private void preflight(CorsRules cors, RequestHead head) {
        LocalResponse answer = cors.preflight(head);
        if (answer == null) {
            refuse(ErrorType.HTTP_REQUEST_DENIED, "Pages of that origin may not read this: ui.cors does not name it.");
        } else {
            answer(answer);
        }
    }

    private void authenticate(RequestHead head, ClientInfo client) {
        Authenticator.Decision decision;
        try {
            decision = service.authenticator().authenticate(head, client);
        } catch (RuntimeException defect) {
            exchange.onDefect("the authenticator failed", defect);
            return;
        }
        authenticated(head, client, decision);
    }

    private void authenticated(RequestHead head, ClientInfo client, Authenticator.Decision decision) {
        switch (decision) {
            case Authenticator.Decision.Granted granted -> route(head, client, granted.principal());
            case Authenticator.Decision.Denied denied -> answer(denied.response());
            case Authenticator.Decision.Deferred deferred ->
                exchange.await(deferred.decision(), late -> authenticated(head, client, late));
        }
    }

    private void route(RequestHead head, ClientInfo client, Principal principal) {
        record.principal = principal;
        RouteDecision decision;
        try {
            decision = service.router().route(head, client, principal);
        } catch (RuntimeException defect) {
            exchange.onDefect("the router failed", defect);
            return;
        }
        routed(decision);
    }

    private void routed(RouteDecision decision) {
        if (decision instanceof RouteDecision.Deferred deferred) {
            exchange.await(deferred.decision(), this::routed);
        } else {
            exchange.onDecision(decision);
        }
    }

    private void answer(LocalResponse response) {
        exchange.onDecision(new RouteDecision.Answer(ExchangeRecord.NO_ROUTE, response));
    }

    private void refuse(ErrorType error, String detail) {
        exchange.onDecision(new RouteDecision.Refuse(ExchangeRecord.NO_ROUTE, error, detail));
    }
}
