// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.bench;

import io.gatehouse.proxy.HttpLimits;
import io.gatehouse.proxy.http1.BodyDecoder;
import io.gatehouse.proxy.http1.HeadDecoder;
import io.gatehouse.proxy.http1.HeadWriter;
import io.gatehouse.proxy.http1.HttpViolation;
import io.gatehouse.proxy.http1.RequestHead;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.util.ReferenceCountUtil;
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
import org.openjdk.jmh.infra.Blackhole;

/** A request with a body of 64 KiB in chunks, head and all, by our decoders and by Netty's. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 2, jvmArgsAppend = "-Dio.netty.leakDetection.level=disabled")
public class BodyDecoderBenchmark {
    private static final int BODY = 64 << 10;
    private static final byte[] HEAD =
            HeadWriter.ascii("POST /upload HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");

    /** Bytes in a chunk; Jetty, in front of which we stand, writes up to 32 KiB. */
    @Param({"64", "1024", "32768"})
    private int chunk;

    private final RequestHead request = new RequestHead();
    private final HeadDecoder headDecoder = HeadDecoder.forRequests(HttpLimits.DEFAULT);
    private final BodyDecoder bodyDecoder = new BodyDecoder(HttpLimits.DEFAULT, true);
    private final ByteBuf in = PooledByteBufAllocator.DEFAULT.directBuffer(4 * BODY);
    private final EmbeddedChannel netty = new EmbeddedChannel(new HttpRequestDecoder());

    @Setup
    public void fill() {
        in.clear().writeBytes(HEAD);
        byte[] size = HeadWriter.ascii(Integer.toHexString(chunk) + "\r\n");
        for (int written = 0; written < BODY; written += chunk) {
            in.writeBytes(size).writeZero(chunk).writeShort(HeadWriter.CR_LF);
        }
        in.writeBytes(HeadWriter.ascii("0\r\n\r\n"));
    }

    @TearDown
    public void release() {
        in.release();
        netty.finishAndReleaseAll();
    }

    @Benchmark
    public int decode() throws HttpViolation {
        in.readerIndex(0);
        request.reset();
        headDecoder.begin();
        headDecoder.decode(in, request);
        bodyDecoder.begin(request);
        int bytes = 0;
        for (ByteBuf piece = bodyDecoder.next(in); piece != null; piece = bodyDecoder.next(in)) {
            bytes += piece.readableBytes();
            piece.release();
        }
        if (bytes != BODY || !bodyDecoder.isDone()) {
            throw new IllegalStateException("the body is whole");
        }
        return bytes;
    }

    @Benchmark
    public void nettyDecode(Blackhole blackhole) {
        netty.writeInbound(in.readerIndex(0).retainedSlice());
        for (Object message = netty.readInbound(); message != null; message = netty.readInbound()) {
            blackhole.consume(message);
            ReferenceCountUtil.release(message);
        }
    }
}
