// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.http2;

import io.gatehouse.proxy.DownstreamTimeouts;
import io.gatehouse.proxy.ErrorType;
import io.gatehouse.proxy.HttpLimits;
import io.gatehouse.proxy.Service;
import io.gatehouse.proxy.TrustedProxies;
import io.gatehouse.proxy.Upstream;
import io.gatehouse.proxy.UpstreamTimeouts;
import io.gatehouse.proxy.grpc.CallHead;
import io.gatehouse.proxy.grpc.CallInspector;
import io.gatehouse.proxy.grpc.CallRouter;
import io.gatehouse.proxy.grpc.GrpcError;
import io.gatehouse.proxy.grpc.GrpcStatus;
import io.gatehouse.proxy.grpc.RoutedCall;
import io.gatehouse.proxy.log.AccessLog;
import io.gatehouse.proxy.metrics.ProxyMetrics;
import io.gatehouse.proxy.net.MemoryPressure;
import io.gatehouse.proxy.net.PressureSwitch;
import io.gatehouse.proxy.net.ProxyOptions;
import io.gatehouse.proxy.net.ProxySettings;
import io.gatehouse.proxy.net.Transport;
import io.gatehouse.proxy.server.HttpListener;
import io.gatehouse.proxy.server.ListenerLimits;
import io.gatehouse.proxy.server.ListenerSpec;
import io.gatehouse.proxy.server.ProxyRuntime;
import io.gatehouse.proxy.tls.ClientTls;
import io.gatehouse.proxy.tls.ClientTlsOptions;
import io.gatehouse.proxy.tls.TlsProvider;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Function;

/** A listener for gRPC, on one event loop unless a test wants more, whose calls go to a server that the test plays. */
final class GrpcUnderTest implements AutoCloseable {
    final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    final List<String> heard = new CopyOnWriteArrayList<>();
    final ByteArrayOutputStream log = new ByteArrayOutputStream();
    final ProxyRuntime runtime;
    private final HttpListener listener;
    private final ClientTls tls;
    /** What becomes of each call. */
    volatile Function<CallHead, CallInspector> inspectors = _ -> deciding(new CallInspector.Decision.Forward(call()));

    volatile boolean resumable;

    /** Where calls go; the test's server without TLS unless it says otherwise. */
    volatile Upstream upstream = new Upstream("127.0.0.1", server.getLocalPort());

    GrpcUnderTest() throws Exception {
        this(DownstreamTimeouts.DEFAULT);
    }

    GrpcUnderTest(DownstreamTimeouts timeouts) throws Exception {
        this(timeouts, LinkLimits.DEFAULT, noTls(), 1);
    }

    /** {@code loops}: event loops, for what they share out among them. */
    GrpcUnderTest(int loops) throws Exception {
        this(DownstreamTimeouts.DEFAULT, LinkLimits.DEFAULT, noTls(), loops);
    }

    /** {@code tls}: of servers that are spoken to with it; closed with the door. */
    GrpcUnderTest(ClientTls tls) throws Exception {
        this(DownstreamTimeouts.DEFAULT, LinkLimits.DEFAULT, tls, 1);
    }

    GrpcUnderTest(LinkLimits links) throws Exception {
        this(DownstreamTimeouts.DEFAULT, links, noTls(), 1);
    }

    private static ClientTls noTls() throws Exception {
        return ClientTls.load(ClientTlsOptions.DEFAULT, TlsProvider.best());
    }

    private GrpcUnderTest(DownstreamTimeouts timeouts, LinkLimits links, ClientTls tls, int loops) throws Exception {
        this.tls = tls;
        ProxyMetrics metrics = new ProxyMetrics(new SimpleMeterRegistry());
        runtime = new ProxyRuntime(
                new ProxyOptions(loops, HttpLimits.DEFAULT, Duration.ofMillis(50)),
                new ProxySettings(timeouts, UpstreamTimeouts.DEFAULT),
                metrics,
                AccessLog.to(log, metrics.accessLogDropped()),
                Transport.best(),
                tls,
                links);
        listener = HttpListener.bind(
                runtime,
                new ListenerSpec(
                        "connect",
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        new ListenerLimits(HttpLimits.DEFAULT, 100, 0),
                        true,
                        true,
                        new Service.Grpc(router()),
                        null,
                        null,
                        TrustedProxies.NONE));
    }

    private CallRouter router() {
        return new CallRouter() {
            @Override
            public Connection connect() {
                return head -> inspectors.apply(head);
            }

            @Override
            public Set<AsciiString> withheldMetadata() {
                return Set.of(AsciiString.cached("authorization"));
            }
        };
    }

    /** Decides the same, at once and again. */
    static CallInspector deciding(CallInspector.Decision decision) {
        return new CallInspector() {
            @Override
            public Decision begin() {
                return decision;
            }

            @Override
            public Decision inspect(ByteBuf bytes, boolean end) {
                return decision;
            }
        };
    }

    /** A call to the test's server, which writes down what it hears. */
    RoutedCall call() {
        Upstream to = upstream;
        return new RoutedCall() {
            @Override
            public String route() {
                return "test";
            }

            @Override
            public String user() {
                return "ann";
            }

            @Override
            public Upstream server() {
                return to;
            }

            @Override
            public Map<AsciiString, String> metadata() {
                return Map.of(AsciiString.cached("x-ours"), "1");
            }

            @Override
            public GrpcError request(ByteBuf bytes, boolean end, Consumer<ByteBuf> out) {
                out.accept(bytes);
                return null;
            }

            @Override
            public boolean isResumable() {
                return resumable;
            }

            @Override
            public void ended(GrpcStatus status, String text) {
                heard.add("ended " + status + " " + text);
            }

            @Override
            public GrpcError failed(ErrorType error, boolean begun) {
                heard.add("failed " + error + " " + begun);
                return GrpcError.of(GrpcStatus.UNAVAILABLE, error, "gone");
            }

            @Override
            public GrpcError reset(ErrorType error, GrpcStatus status, boolean begun) {
                heard.add("reset " + error + " " + status + " " + begun);
                return GrpcError.of(status, error, "reset");
            }

            @Override
            public void cancelled() {
                heard.add("cancelled");
            }
        };
    }

    /** Sets how short of memory the listener believes itself. */
    void pressure(MemoryPressure.Level level) {
        PressureSwitch.set(runtime.memoryPressure(), level);
    }

    /** How many connections it takes from now on. */
    void connections(int most) {
        listener.use(new ListenerLimits(HttpLimits.DEFAULT, most, 0));
    }

    /** Whose word about others counts from now on. */
    void trust(TrustedProxies proxies) {
        listener.trust(proxies);
    }

    int port() {
        return listener.address().getPort();
    }

    /** The next connection from the listener to the server. */
    Http2Wire accept(int... settings) throws IOException {
        server.setSoTimeout(20_000);
        return Http2Wire.server(server.accept(), settings);
    }

    /** The head of a call. */
    static Http2Headers head() {
        return new DefaultHttp2Headers()
                .method("POST")
                .scheme("http")
                .path("/test.Service/Method")
                .authority("door:15002")
                .add("content-type", "application/grpc")
                .add("te", "trailers");
    }

    static Http2Headers answerHead() {
        return new DefaultHttp2Headers().status("200").add("content-type", "application/grpc");
    }

    static Http2Headers trailers(String status) {
        return new DefaultHttp2Headers().add("grpc-status", status);
    }

    /** A message of that many bytes, with its prefix. */
    static byte[] message(int length) {
        byte[] framed = new byte[length + 5];
        framed[1] = (byte) (length >> 24);
        framed[2] = (byte) (length >> 16);
        framed[3] = (byte) (length >> 8);
        framed[4] = (byte) length;
        return framed;
    }

    /** The door is closed; connections that are open stay so. */
    void closeDoor() {
        listener.close();
    }

    String logged() {
        return log.toString(StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws IOException {
        listener.close();
        runtime.close();
        tls.close();
        server.close();
    }
}
