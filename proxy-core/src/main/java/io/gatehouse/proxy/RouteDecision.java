// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy;

import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * What happens to a request. Every decision carries a route: a short constant name for the access log and the metrics'
 * {@code route} label, never an application or a path.
 */
public sealed interface RouteDecision {
    /** Passes the request on. */
    record Forward(ForwardTarget target, int strippedPathBytes) implements RouteDecision {}

    /**
     * Asks several upstreams the same, side by side, and makes one answer of theirs. A request with a body is refused.
     *
     * @param parts who is asked; the merger knows them by their places
     * @param merger called once, on the event loop
     */
    record Gather(String route, List<Forward> parts, Supplier<AnswerMerger> merger) implements RouteDecision {
        public Gather {
            parts = List.copyOf(parts);
        }
    }

    /** Answers at once. */
    record Answer(String route, LocalResponse response) implements RouteDecision {}

    /** Answers with server-sent events, for as long as the client listens; the stream is for this client alone. */
    record Events(String route, EventStream stream) implements RouteDecision {}

    /**
     * Fails with an error of our own.
     *
     * @param detail what was wrong and what to do, without addresses or secrets
     * @param allow the methods that this resource takes, as they stand in {@code Allow} (RFC 9110 section 10.2.1); empty where
     *     another error than a wrong method stands in the way
     */
    record Refuse(String route, ErrorType error, String detail, String allow) implements RouteDecision {
        /** For whatever method. */
        public Refuse(String route, ErrorType error, String detail) {
            this(route, error, detail, "");
        }

        /** With 405, because the resource takes only the methods in {@code allow}. */
        public static Refuse method(String route, String allow, String detail) {
            return new Refuse(route, ErrorType.METHOD_NOT_ALLOWED, detail, allow);
        }
    }

    /** Collects the body, at most {@code maxBody} bytes, and lets a handler answer. */
    record Handle(String route, LocalHandler handler, int maxBody) implements RouteDecision {}

    /** The decision comes later; completing it exceptionally is a 500. */
    record Deferred(CompletionStage<RouteDecision> decision) implements RouteDecision {}
}
