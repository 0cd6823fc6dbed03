// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.exchange;

import io.gatehouse.proxy.ClientInfo;
import io.gatehouse.proxy.ErrorType;
import io.gatehouse.proxy.Principal;
import io.gatehouse.proxy.Upstream;
import io.gatehouse.proxy.http1.HeadWriter;
import io.gatehouse.proxy.http1.HeaderName;
import io.gatehouse.proxy.http1.RequestHead;
import io.gatehouse.proxy.log.JsonLine;
import io.gatehouse.proxy.metrics.ListenerMeters;
import io.netty.util.NetUtil;
import org.jspecify.annotations.Nullable;

/**
 * What will be known of an exchange when it is over: for the access log and the metrics. One per connection, used again.
 */
final class ExchangeRecord {
    /** The route of what no router has seen: violations, refusals before routing. */
    static final String NO_ROUTE = "none";

    /** {@code traceparent} is version, trace id, parent id, flags: the trace id is 32 digits behind {@code 00-}. */
    private static final int TRACE_ID_START = 3;

    private static final int TRACE_ID_END = 35;

    private final ListenerContext listener;
    private final LoopContext loop;
    private final byte[] peer;
    private ClientInfo client;
    long startNanos;
    long bytesIn;
    long bytesOut;
    int status;
    int attempts;
    String route = NO_ROUTE;
    Principal principal = Principal.ANONYMOUS;

    @Nullable
    Upstream upstream;

    long upstreamStartNanos;
    long upstreamNanos;

    @Nullable
    ErrorType error;

    @Nullable
    String detail;

    long requestId;

    /** {@code peer}: of the connection. */
    ExchangeRecord(ListenerContext listener, LoopContext loop, ClientInfo peer) {
        this.listener = listener;
        this.loop = loop;
        this.peer = HeadWriter.ascii(NetUtil.toAddressString(peer.address()));
        this.client = peer;
    }

    /**
     * @param nanos when the first byte of the request came
     * @param sender who sent it
     */
    void begin(long nanos, ClientInfo sender) {
        startNanos = nanos;
        client = sender;
        bytesIn = 0;
        bytesOut = 0;
        status = 0;
        attempts = 0;
        route = NO_ROUTE;
        principal = Principal.ANONYMOUS;
        upstream = null;
        upstreamStartNanos = 0;
        upstreamNanos = 0;
        error = null;
        detail = null;
        requestId = loop.nextRandom();
    }

    /** The upstream's part is over, as far as it got. */
    void upstreamEnded() {
        if (attempts > 0 && upstreamNanos == 0) {
            upstreamNanos = loop.nanoTime() - upstreamStartNanos;
        }
    }

    /** Writes the line and counts. */
    void end(RequestHead head) {
        upstreamEnded();
        long nanos = loop.nanoTime() - startNanos;
        ListenerMeters.Route meters = listener.meters().route(route);
        meters.exchange(head.method(), status, nanos, bytesIn, bytesOut);
        ErrorType failure = error;
        if (failure != null) {
            meters.error(failure);
        }
        if (failure != null && upstream != null && isUpstreams(failure)) {
            loop.environment().metrics().upstreamRoute(route).error(failure);
        }
        if (listener.accessLogged() && loop.accessLog().isOn()) {
            log(head, nanos);
        }
    }

    /** Whether the error is one to look for at the upstream, not at the client or here. */
    private static boolean isUpstreams(ErrorType error) {
        return error != ErrorType.DOWNSTREAM_CLOSED
                && error != ErrorType.PROXY_INTERNAL_ERROR
                && (error.status() == 502 || error.status() == 503 || error.status() == 504);
    }

    private void log(RequestHead head, long nanos) {
        byte[] bytes = head.bytes();
        byte[] now = loop.logClock().now();
        JsonLine line = loop.accessLog().line();
        line.member("time", now, 0, now.length).member("listener", listener.name());
        sender(line);
        if (!principal.name().isEmpty()) {
            line.member("principal", principal.name());
        }
        // The query is left out: Spark's and the login filters' may carry what no log should.
        line.member("method", bytes, head.methodStart(), head.methodEnd())
                .member("path", bytes, head.pathStart(), head.pathEnd())
                .member("route", route)
                .member("status", status)
                .member("bytes_in", bytesIn)
                .member("bytes_out", bytesOut)
                .milliseconds("duration_ms", nanos);
        Upstream server = upstream;
        if (server != null) {
            byte[] authority = server.authorityBytes();
            line.member("upstream_addr", authority, 0, authority.length)
                    .milliseconds("upstream_ms", upstreamNanos)
                    .member("attempts", attempts);
        }
        if (error != null) {
            line.member("error", error.token());
        }
        if (detail != null) {
            line.member("detail", detail);
        }
        requestId(head, line);
        int trace = head.find(HeaderName.TRACEPARENT);
        if (trace >= 0 && head.valueEnd(trace) - head.valueStart(trace) >= TRACE_ID_END) {
            int start = head.valueStart(trace);
            line.member("trace_id", bytes, start + TRACE_ID_START, start + TRACE_ID_END);
        }
        int agent = head.find(HeaderName.USER_AGENT);
        if (agent >= 0) {
            line.member("user_agent", bytes, head.valueStart(agent), head.valueEnd(agent));
        }
        line.end();
    }

    private void sender(JsonLine line) {
        if (client.forwarding().proxies().isEmpty()) {
            line.member("client", peer, 0, peer.length);
        } else {
            line.member("client", NetUtil.toAddressString(client.address())).member("peer", peer, 0, peer.length);
        }
    }

    private void requestId(RequestHead head, JsonLine line) {
        int field = RequestIds.field(head);
        if (field >= 0) {
            line.member("request_id", head.bytes(), head.valueStart(field), head.valueEnd(field));
        } else {
            line.hex("request_id", requestId);
        }
    }
}
