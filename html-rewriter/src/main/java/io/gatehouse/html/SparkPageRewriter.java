// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.html;

import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Puts right the links of a page of Spark's, whatever the server puts before them: that is found out from the page itself, whose
 * beginning is kept back for it, at most 64 KiB. A page whose links begin as they should passes as it came.
 */
public final class SparkPageRewriter implements Rewriter {
    private static final int KEPT_BACK = 64 * 1024;

    private final LinkMapping mapping;
    private final Consumer<String> onRoot;
    private final RootFinder finder = new RootFinder();
    private final Queue<ByteBuf> beginning = new ArrayDeque<>();
    private int kept;
    private boolean begun;
    /** Null while nothing has been decided, and where nothing has to be done. */
    private @Nullable HtmlRewriter rewriter;

    /**
     * For one page.
     *
     * @param mapping what its links should begin with, and what they may begin with where the page does not say it
     * @param onRoot told once what the server puts before its links, where the page says it
     */
    public SparkPageRewriter(LinkMapping mapping, Consumer<String> onRoot) {
        this.mapping = mapping;
        this.onRoot = onRoot;
    }

    @Override
    public void write(ByteBuf in, Consumer<ByteBuf> out) {
        if (begun) {
            pass(in, out);
            return;
        }
        finder.look(in);
        kept += in.readableBytes();
        beginning.add(in);
        if (finder.root() != null || kept >= KEPT_BACK) {
            begin(out);
        }
    }

    private void begin(Consumer<ByteBuf> out) {
        begun = true;
        String root = finder.root();
        if (root != null) {
            onRoot.accept(root);
        }
        LinkMapping known = root == null ? mapping : mapping.withRoot(root);
        if (!known.isIdentity()) {
            rewriter = new HtmlRewriter(known);
        }
        for (ByteBuf first = beginning.poll(); first != null; first = beginning.poll()) {
            pass(first, out);
        }
    }

    private void pass(ByteBuf in, Consumer<ByteBuf> out) {
        if (rewriter == null) {
            out.accept(in);
        } else {
            rewriter.write(in, out);
        }
    }

    @Override
    public void finish(Consumer<ByteBuf> out) {
        if (!begun) {
            begin(out);
        }
        if (rewriter != null) {
            rewriter.finish(out);
        }
    }

    @Override
    public void close() {
        begun = true;
        beginning.forEach(ByteBuf::release);
        beginning.clear();
        if (rewriter != null) {
            rewriter.close();
        }
    }
}
