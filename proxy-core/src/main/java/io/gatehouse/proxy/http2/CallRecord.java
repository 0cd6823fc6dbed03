// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.http2;

import io.gatehouse.proxy.ClientInfo;
import io.gatehouse.proxy.ErrorType;
import io.gatehouse.proxy.Upstream;
import io.gatehouse.proxy.exchange.ListenerContext;
import io.gatehouse.proxy.exchange.LoopContext;
import io.gatehouse.proxy.grpc.GrpcStatus;
import io.gatehouse.proxy.http1.Method;
import io.gatehouse.proxy.log.JsonLine;
import io.gatehouse.proxy.metrics.ListenerMeters;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What will be known of a call when it is over: for the access log and the metrics. */
final class CallRecord {
    /** The route of what no router has named. */
    static final String NO_ROUTE = "none";

    /** The HTTP status of whatever is an answer of gRPC. */
    private static final int GRPC = 200;

    private final ListenerContext listener;
    private final LoopContext loop;
    private final ClientInfo client;
    private final Http2Headers head;
    private final long startNanos;
    private final long requestId;
    String route = NO_ROUTE;
    String user = "";
    long bytesIn;
    long bytesOut;

    @Nullable
    Upstream server;

    long serverStartNanos;

    CallRecord(ListenerContext listener, LoopContext loop, ClientInfo client, Http2Headers head) {
        this.listener = listener;
        this.loop = loop;
        this.client = client;
        this.head = head;
        this.startNanos = loop.nanoTime();
        this.requestId = loop.nextRandom();
    }

    ClientInfo client() {
        return client;
    }

    Http2Headers head() {
        return head;
    }

    /** When the head was whole. */
    long startNanos() {
        return startNanos;
    }

    String requestId() {
        return HexFormat.of().toHexDigits(requestId);
    }

    /** It goes to that server now. */
    void sent(Upstream to) {
        server = to;
        serverStartNanos = loop.nanoTime();
    }

    /**
     * Writes the line and counts.
     *
     * @param error null where the answer was the server's, or there was none to give
     * @param detail what we told the client, or empty
     */
    void end(GrpcStatus status, @Nullable ErrorType error, String detail) {
        end(GRPC, status, error, detail);
    }

    /** The same for what was no call of gRPC, and got an answer of HTTP. */
    void endHttp(int httpStatus, ErrorType error) {
        end(httpStatus, null, error, "");
    }

    private void end(int httpStatus, @Nullable GrpcStatus status, @Nullable ErrorType error, String detail) {
        long nanos = loop.nanoTime() - startNanos;
        ListenerMeters.Route meters = listener.meters().route(route);
        meters.exchange(Method.POST, httpStatus, nanos, bytesIn, bytesOut);
        if (status != null) {
            meters.call(status);
        }
        if (error != null) {
            meters.error(error);
        }
        if (listener.accessLogged() && loop.accessLog().isOn()) {
            log(httpStatus, status, error, detail, nanos);
        }
    }

    private void log(
            int httpStatus, @Nullable GrpcStatus status, @Nullable ErrorType error, String detail, long nanos) {
        byte[] now = loop.logClock().now();
        JsonLine line = loop.accessLog().line();
        line.member("time", now, 0, now.length)
                .member("listener", listener.name())
                .member("client", NetUtil.toAddressString(client.address()));
        List<InetAddress> proxies = client.forwarding().proxies();
        if (!proxies.isEmpty()) {
            line.member("peer", NetUtil.toAddressString(proxies.getLast()));
        }
        if (!user.isEmpty()) {
            line.member("principal", user);
        }
        text(line, "method", head.method());
        text(line, "path", head.path());
        line.member("route", route).member("status", httpStatus);
        if (status != null) {
            line.member("grpc_status", status.code());
        }
        line.member("bytes_in", bytesIn).member("bytes_out", bytesOut).milliseconds("duration_ms", nanos);
        Upstream to = server;
        if (to != null) {
            line.member("upstream_addr", to.authority())
                    .milliseconds("upstream_ms", loop.nanoTime() - serverStartNanos)
                    .member("attempts", 1);
        }
        if (error != null) {
            line.member("error", error.token());
        }
        if (!detail.isEmpty()) {
            line.member("detail", detail);
        }
        line.hex("request_id", requestId);
        text(line, "user_agent", head.get(HttpHeaderNames.USER_AGENT));
        line.end();
    }

    private static void text(JsonLine line, String name, @Nullable CharSequence value) {
        if (value != null) {
            line.member(name, value.toString());
        }
    }
}
