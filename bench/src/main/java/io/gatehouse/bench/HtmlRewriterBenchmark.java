// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.bench;

import io.gatehouse.html.HtmlRewriter;
import io.gatehouse.html.LinkMapping;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.jsoup.parser.Parser;
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

/** The links of a jobs page of 2.5 MB, by us and by jsoup; 2,500,000 divided by the microseconds is MB/s. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 2, jvmArgsAppend = "-Dio.netty.leakDetection.level=disabled")
public class HtmlRewriterBenchmark {
    private static final int SIZE = 2_500_000;
    private static final String PREFIX = "/sparkui/app-20261121144601-0042";

    /** Bytes that a read from the driver's connection gets. */
    @Param({"16384", "131072"})
    private int read;

    private final LinkMapping mapping = LinkMapping.below(PREFIX, List.of("10.0.0.7:4040"));
    private final List<ByteBuf> page = new ArrayList<>();
    private String text = "";

    @Setup
    public void make() {
        byte[] bytes = JobsPage.ofSize(SIZE);
        text = new String(bytes, StandardCharsets.UTF_8);
        for (int from = 0; from < bytes.length; from += read) {
            int length = Math.min(read, bytes.length - from);
            page.add(PooledByteBufAllocator.DEFAULT.directBuffer(length).writeBytes(bytes, from, length));
        }
    }

    @TearDown
    public void release() {
        page.forEach(ByteBuf::release);
    }

    @Benchmark
    public void gatehouse(Blackhole hole) {
        Consumer<ByteBuf> out = buffer -> {
            hole.consume(buffer);
            buffer.release();
        };
        try (HtmlRewriter rewriter = new HtmlRewriter(mapping)) {
            for (ByteBuf piece : page) {
                rewriter.write(piece.retainedDuplicate(), out);
            }
            rewriter.finish(out);
        }
    }

    /** Reads the page into a tree, puts the prefix before the same attributes, writes it. */
    @Benchmark
    public String jsoup() {
        Document document = Parser.htmlParser().parseInput(text, "");
        document.outputSettings().prettyPrint(false);
        for (String attribute : List.of("href", "src", "action", "formaction", "poster")) {
            for (Element element : document.select("[" + attribute + "^=/]")) {
                element.attr(attribute, PREFIX + element.attr(attribute));
            }
        }
        return document.outerHtml();
    }
}
