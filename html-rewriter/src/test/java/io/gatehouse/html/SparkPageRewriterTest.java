// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.html;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SparkPageRewriterTest {
    private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(false);
    private final List<String> roots = new ArrayList<>();

    @ParameterizedTest
    @ValueSource(
            strings = {"", "/driver-7", "/proxy/app-1", "https://front.example/sparkui/proxy/app-1", "/sparkui/app-1"})
    void thePageShouldSayWhatItsLinksBeginWith(String root) {
        String page = page(root);

        for (int cut = 0; cut <= page.length(); cut++) {
            assertThat(rewrite(page.substring(0, cut), page.substring(cut))).isEqualTo(page("/sparkui/app-1"));
        }
        assertThat(roots).containsOnly(root).hasSize(page.length() + 1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"javascript:alert(1)", "//evil.example", "/a b", "/a/", "relative"})
    void whatIsNoRootShouldNotBeTakenForOne(String root) {
        String page = "<script>setUIRoot('" + root + "')</script><a href=\"/jobs/\">";

        assertThat(rewrite(page)).contains("<a href=\"/sparkui/app-1/jobs/\">");
        assertThat(roots).isEmpty();
    }

    @Test
    void aPageThatSaysNothingShouldBeKeptBackForAWhileOnly() {
        List<ByteBuf> out = new ArrayList<>();
        try (SparkPageRewriter rewriter = new SparkPageRewriter(Rewriting.MAPPING, roots::add)) {
            rewriter.write(buffer("<a href=/x>" + "x".repeat(65_524)), out::add);
            assertThat(out).isEmpty();
            rewriter.write(buffer("x"), out::add);
            assertThat(out).isNotEmpty();
            rewriter.write(buffer("<script>setUIRoot('/late')</script>"), out::add);
            rewriter.finish(out::add);
        }
        assertThat(roots).isEmpty();
        out.forEach(ByteBuf::release);
        assertThat(allocator.metric().usedHeapMemory()).isZero();
    }

    @Test
    void aPageThatIsCutOffShouldBeReleased() {
        try (SparkPageRewriter rewriter = new SparkPageRewriter(Rewriting.MAPPING, roots::add)) {
            rewriter.write(buffer("<html>"), buffer -> {
                throw new AssertionError("passed on: " + buffer);
            });
        }
        assertThat(allocator.metric().usedHeapMemory()).isZero();
    }

    private static String page(String root) {
        return "<link href=\"" + root + "/static/x.css\"><script nonce='n'>setUIRoot( '" + root + "' )</script>"
                + "<script>setAppBasePath('')</script><a href='" + root + "/jobs/'>";
    }

    private String rewrite(String... pieces) {
        StringBuilder text = new StringBuilder();
        Consumer<ByteBuf> out = buffer -> {
            text.append(buffer.toString(StandardCharsets.UTF_8));
            buffer.release();
        };
        try (SparkPageRewriter rewriter = new SparkPageRewriter(Rewriting.MAPPING, roots::add)) {
            for (String piece : pieces) {
                rewriter.write(buffer(piece), out);
            }
            rewriter.finish(out);
        }
        assertThat(allocator.metric().usedHeapMemory()).isZero();
        return text.toString();
    }

    private ByteBuf buffer(String text) {
        return allocator.heapBuffer().writeBytes(Rewriting.bytes(text));
    }
}
