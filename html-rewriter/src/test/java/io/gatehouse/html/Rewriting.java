// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.html;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/** Runs a rewriter over a page that comes in pieces, and checks that every buffer has been released. */
final class Rewriting {
    /** The mapping of most tests. */
    static final LinkMapping MAPPING = LinkMapping.below("/sparkui/app-1", List.of("10.0.0.7:4040", "gate.example"));

    private Rewriting() {}

    static String whole(LinkMapping mapping, String page) {
        return text(rewrite(mapping, bytes(page)));
    }

    /** @param cuts where one piece ends and the next begins, in ascending order */
    static byte[] rewrite(LinkMapping mapping, byte[] page, int... cuts) {
        UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(false);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Consumer<ByteBuf> collect = buffer -> {
            byte[] bytes = new byte[buffer.readableBytes()];
            buffer.readBytes(bytes);
            out.writeBytes(bytes);
            buffer.release();
        };
        try (HtmlRewriter rewriter = new HtmlRewriter(mapping)) {
            int from = 0;
            for (int cut : cuts) {
                rewriter.write(piece(allocator, page, from, cut), collect);
                from = cut;
            }
            rewriter.write(piece(allocator, page, from, page.length), collect);
            rewriter.finish(collect);
        }
        assertThat(allocator.metric().usedHeapMemory() + allocator.metric().usedDirectMemory())
                .as("bytes in buffers that nobody has released")
                .isZero();
        return out.toByteArray();
    }

    /** Not at index 0 of its buffer, as what is read from a socket seldom is. */
    private static ByteBuf piece(UnpooledByteBufAllocator allocator, byte[] page, int from, int to) {
        ByteBuf piece = allocator.heapBuffer(to - from + 3);
        piece.writeZero(3).readerIndex(3);
        return piece.writeBytes(page, from, to - from);
    }

    /** Cuts after each byte: every border that there is, at once. */
    static int[] everywhere(byte[] page) {
        int[] cuts = new int[Math.max(0, page.length - 1)];
        Arrays.setAll(cuts, i -> i + 1);
        return cuts;
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
