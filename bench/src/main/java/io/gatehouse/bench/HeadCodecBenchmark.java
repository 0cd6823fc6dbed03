// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.bench;

import io.gatehouse.proxy.HttpLimits;
import io.gatehouse.proxy.http1.HeadDecoder;
import io.gatehouse.proxy.http1.HeadWriter;
import io.gatehouse.proxy.http1.HeaderName;
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

/** One head from a direct buffer: read by our decoder, read and written anew, and read by Netty's. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 2, jvmArgsAppend = "-Dio.netty.leakDetection.level=disabled")
public class HeadCodecBenchmark {
    private static final byte[] VERSION = HeadWriter.ascii(" HTTP/1.1\r\n");

    @Param
    private SampleHeads head;

    private final RequestHead request = new RequestHead();
    private final HeadDecoder decoder = HeadDecoder.forRequests(HttpLimits.DEFAULT);
    private final ByteBuf out = PooledByteBufAllocator.DEFAULT.directBuffer(4096);
    private final ByteBuf in = PooledByteBufAllocator.DEFAULT.directBuffer(4096);
    private final EmbeddedChannel netty = new EmbeddedChannel(new HttpRequestDecoder());

    /** The bytes stand in a direct buffer, as a socket leaves them. */
    @Setup
    public void fill() {
        in.clear().writeBytes(head.wire());
    }

    @TearDown
    public void release() {
        in.release();
        out.release();
        netty.finishAndReleaseAll();
    }

    @Benchmark
    public RequestHead decode() throws HttpViolation {
        in.readerIndex(0);
        request.reset();
        decoder.begin();
        if (!decoder.decode(in, request)) {
            throw new IllegalStateException("the head is whole");
        }
        return request;
    }

    /** What forwarding does with a head, but for the fields that are ours. */
    @Benchmark
    public ByteBuf decodeAndWriteAnew() throws HttpViolation {
        decode();
        out.clear();
        out.writeBytes(request.bytes(), request.methodStart(), request.methodEnd() - request.methodStart());
        out.writeByte(' ');
        out.writeBytes(request.bytes(), request.pathStart(), request.targetEnd() - request.pathStart());
        out.writeBytes(VERSION);
        for (int field = 0; field < request.fieldCount(); field++) {
            if (request.name(field) != HeaderName.CONNECTION) {
                HeadWriter.field(request, field, out);
            }
        }
        return out.writeShort(HeadWriter.CR_LF);
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
