// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.html.LinkMapping;
import io.gatehouse.html.SparkPageRewriter;
import io.gatehouse.launcher.check.PageComparison;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;

/** A page of a real driver with its links put right, without a socket in between. */
final class RewrittenPage {
    private static final String PREFIX = "/gatehouse/sparkui/app-1";

    private RewrittenPage() {}

    /** Fetches a page once, rewrites it cut in several ways, and compares: with each other, and by jsoup with what came. */
    static void assertSameHoweverItIsCut(URI driver, String path) throws IOException {
        URI uri = driver.resolve(path);
        byte[] page;
        try (InputStream in = uri.toURL().openStream()) {
            page = in.readAllBytes();
        }
        String expected = rewritten(page, page.length);

        assertThat(PageComparison.of(
                        expected,
                        new String(page, StandardCharsets.UTF_8),
                        URI.create("http://gate" + PREFIX),
                        driver,
                        PREFIX))
                .as("%s", uri)
                .isEmpty();
        assertThat(rewritten(page, 1)).isEqualTo(expected);
        assertThat(rewritten(page, 7)).isEqualTo(expected);
    }

    private static String rewritten(byte[] page, int piece) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Consumer<ByteBuf> collect = buffer -> {
            out.writeBytes(ByteBufUtil.getBytes(buffer));
            buffer.release();
        };
        try (SparkPageRewriter rewriter = new SparkPageRewriter(LinkMapping.below(PREFIX, List.of()), root -> {})) {
            for (int at = 0; at < page.length; at += piece) {
                rewriter.write(Unpooled.wrappedBuffer(page, at, Math.min(piece, page.length - at)), collect);
            }
            rewriter.finish(collect);
        }
        return out.toString(StandardCharsets.UTF_8);
    }
}
