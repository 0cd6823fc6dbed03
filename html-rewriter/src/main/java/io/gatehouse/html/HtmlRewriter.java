// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.html;

import io.netty.buffer.ByteBuf;
import java.util.function.Consumer;

/**
 * Puts right the links of one page as it streams by: {@code href}, {@code src}, {@code action}, {@code formaction}, {@code poster},
 * {@code srcset}, an object's {@code data}, a refresh, and what Spark's scripts are told of paths. What it does not change leaves it as the bytes
 * that came, in slices of the buffers that they came in.
 *
 * <p>Holds a few kilobytes however long the page is and however it is cut. Reads any encoding in which ASCII stands for itself; a page
 * that is nested beyond what it follows passes unchanged from there on. Never fails: any bytes are a page.
 */
public final class HtmlRewriter implements Rewriter {
    /** What the scanners look at is copied here first: an array is read several times faster than a buffer. */
    private static final int WINDOW = 8 * 1024;

    private final LinkEditor links;
    private final PageOutput output;
    private final HtmlTokenizer tokenizer;
    private final byte[] window = new byte[WINDOW];
    /** How many bytes at the window's beginning wait for a decision. */
    private int carried;

    /** For one page. */
    public HtmlRewriter(LinkMapping mapping) {
        this.output = new PageOutput();
        this.links = new LinkEditor(mapping, output);
        this.tokenizer = new HtmlTokenizer(links, WINDOW);
    }

    @Override
    public void write(ByteBuf in, Consumer<ByteBuf> out) {
        if (tokenizer.isLost() && carried == 0) {
            out.accept(in);
            return;
        }
        int size = in.readableBytes();
        if (size == 0) {
            in.release();
            return;
        }
        output.begin(in, carried, out);
        int end = carried;
        for (int read = 0; read < size; ) {
            int step = Math.min(WINDOW - carried, size - read);
            in.getBytes(in.readerIndex() + read, window, carried, step);
            read += step;
            end = carried + step;
            output.window(window, read - end);
            look(carried, end);
            if (read < size) {
                end = keep(end);
            }
        }
        int held = links.onHold(end);
        output.end(held);
        carry(held, end);
    }

    private void look(int from, int end) {
        links.begin(window);
        tokenizer.scan(window, from, end);
    }

    /** Makes room in the window; what came in an earlier buffer and is decided has to leave it before. */
    private int keep(int end) {
        int held = links.onHold(end);
        output.passHeld(held);
        carry(held, end);
        return carried;
    }

    private void carry(int from, int end) {
        carried = end - from;
        System.arraycopy(window, from, window, 0, carried);
        links.move(from);
    }

    @Override
    public void finish(Consumer<ByteBuf> out) {
        output.finish(carried, out);
        carried = 0;
    }

    @Override
    public void close() {
        // No buffer is among what is held.
        carried = 0;
    }
}
