// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.bench;

import io.gatehouse.proxy.Authenticator;
import io.gatehouse.proxy.DownstreamTimeouts;
import io.gatehouse.proxy.ForwardTarget;
import io.gatehouse.proxy.HttpLimits;
import io.gatehouse.proxy.RouteDecision;
import io.gatehouse.proxy.Upstream;
import io.gatehouse.proxy.UpstreamTimeouts;
import io.gatehouse.proxy.log.AccessLog;
import io.gatehouse.proxy.metrics.ProxyMetrics;
import io.gatehouse.proxy.net.ProxyOptions;
import io.gatehouse.proxy.net.ProxySettings;
import io.gatehouse.proxy.net.Transport;
import io.gatehouse.proxy.server.HttpListener;
import io.gatehouse.proxy.server.ListenerLimits;
import io.gatehouse.proxy.server.ListenerSpec;
import io.gatehouse.proxy.server.ProxyRuntime;
import io.gatehouse.proxy.tls.ClientTls;
import io.gatehouse.proxy.tls.ClientTlsOptions;
import io.gatehouse.proxy.tls.TlsFileException;
import io.gatehouse.proxy.tls.TlsProvider;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A whole exchange over loopback: one client that waits for each answer, one event loop, access log on. The time is that of
 * three threads and eight system calls taking turns; what it is good for is the allocation per exchange
 * ({@code -prof gc}) and the difference to {@code direct}, which leaves the proxy out.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(value = 2, jvmArgsAppend = "-Dio.netty.leakDetection.level=disabled")
public class ExchangeBenchmark {
    private static final int BODY = 1024;
    private static final byte[] LENGTH = ("Content-Length: " + BODY + "\r\n").getBytes(StandardCharsets.US_ASCII);

    @Param
    private SampleHeads head;

    private final byte[] buffer = new byte[8192];
    private byte[] request = new byte[0];
    private Setting setting = new Setting();

    @Setup
    public void start() throws IOException {
        request = head.wire();
        setting = new Setting();
        setting.start();
    }

    @TearDown
    public void stop() throws IOException {
        setting.stop();
    }

    @Benchmark
    public int proxied() throws IOException {
        return exchange(setting.proxied);
    }

    @Benchmark
    public int direct() throws IOException {
        return exchange(setting.direct);
    }

    /** Sends the request and reads the whole answer. */
    private int exchange(Socket socket) throws IOException {
        OutputStream out = socket.getOutputStream();
        out.write(request);
        InputStream in = socket.getInputStream();
        int read = 0;
        int wanted = Integer.MAX_VALUE;
        while (read < wanted) {
            int count = in.read(buffer, read, buffer.length - read);
            if (count < 0) {
                throw new EOFException("the connection ended within an answer");
            }
            read += count;
            wanted = wanted(read);
        }
        if (buffer[9] != '2' || indexOf(LENGTH, read) < 0) {
            throw new IOException("not the answer: " + new String(buffer, 0, read, StandardCharsets.ISO_8859_1));
        }
        return read;
    }

    private int wanted(int read) {
        int headEnd = indexOf(HEAD_END, read);
        return headEnd < 0 ? Integer.MAX_VALUE : headEnd + HEAD_END.length + BODY;
    }

    private static final byte[] HEAD_END = {'\r', '\n', '\r', '\n'};

    private int indexOf(byte[] wanted, int end) {
        for (int at = 0; at + wanted.length <= end; at++) {
            int matched = 0;
            while (matched < wanted.length && buffer[at + matched] == wanted[matched]) {
                matched++;
            }
            if (matched == wanted.length) {
                return at;
            }
        }
        return -1;
    }

    /** The processes of a real setting, as objects of this one. */
    private static final class Setting {
        private Socket proxied = new Socket();
        private Socket direct = new Socket();
        private AutoCloseable[] servers = {};

        private static ClientTls upstreamTls() throws IOException {
            try {
                return ClientTls.load(ClientTlsOptions.DEFAULT, TlsProvider.best());
            } catch (TlsFileException e) {
                throw new IOException(e);
            }
        }

        void start() throws IOException {
            FixedUpstream upstream = new FixedUpstream(BODY);
            ProxyMetrics metrics = new ProxyMetrics(new SimpleMeterRegistry());
            ProxyRuntime runtime = new ProxyRuntime(
                    new ProxyOptions(1, HttpLimits.DEFAULT, Duration.ofMillis(500)),
                    new ProxySettings(DownstreamTimeouts.DEFAULT, UpstreamTimeouts.DEFAULT),
                    metrics,
                    AccessLog.to(OutputStream.nullOutputStream(), metrics.accessLogDropped()),
                    Transport.best(),
                    upstreamTls());
            ForwardTarget target = ForwardTarget.to("bench", new Upstream("127.0.0.1", upstream.port()));
            HttpListener listener = HttpListener.bind(
                    runtime,
                    new ListenerSpec(
                            "bench",
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                            new ListenerLimits(HttpLimits.DEFAULT, 16, 0),
                            true,
                            true,
                            Authenticator.ANYONE,
                            (head, _, principal) -> new RouteDecision.Forward(target, 0)));
            servers = new AutoCloseable[] {listener, runtime, upstream};
            proxied = connect(listener.address().getPort());
            direct = connect(upstream.port());
        }

        private static Socket connect(int port) throws IOException {
            Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
            socket.setTcpNoDelay(true);
            return socket;
        }

        void stop() throws IOException {
            proxied.close();
            direct.close();
            for (AutoCloseable server : servers) {
                try {
                    server.close();
                } catch (Exception e) {
                    throw new IOException(e);
                }
            }
        }
    }
}
