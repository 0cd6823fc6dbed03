// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.html;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * Puts a prefix before the paths below {@code /static/} that strings in a script of Spark's begin with, unless something is put before
 * them there. There is one such:
 * {@code fetch("/static/sql/spark-sql-viz.css")} in Spark 4.3's {@code spark-sql-viz.js}; everywhere else {@code uiRoot} stands before
 * them.
 */
public final class ScriptPathRewriter implements Rewriter {
    private static final byte[] PATH = "/static/".getBytes(StandardCharsets.US_ASCII);

    private final byte[] prefix;
    /** Whether the byte before is a quote, or what has come of {@link #PATH} stands behind one. */
    private boolean quoted;
    /** The last byte that is no space: behind a plus sign, a string goes on with what has its prefix already. */
    private byte last;

    private int matched;
    /** How much of what has matched came in earlier buffers, and was not passed on. */
    private int held;

    /** For one script; {@code mapping} says what stands before the server's paths. */
    public ScriptPathRewriter(LinkMapping mapping) {
        this.prefix = mapping.prefixBytes();
    }

    @Override
    public void write(ByteBuf in, Consumer<ByteBuf> out) {
        int passed = in.readerIndex();
        held = matched;
        for (int at = in.readerIndex(); at < in.writerIndex(); at++) {
            int before = matched;
            step(in.getByte(at));
            if (matched == PATH.length) {
                int path = Math.max(passed, at + 1 - PATH.length);
                pass(in, passed, path, out);
                out.accept(Unpooled.wrappedBuffer(prefix));
                passHeld(out);
                passed = path;
                matched = 0;
                quoted = false;
            } else if (matched <= before && held > 0) {
                passHeld(out);
            }
        }
        pass(in, passed, Math.max(passed, in.writerIndex() - (matched - held)), out);
        in.release();
    }

    private void step(byte b) {
        if (quoted && b == PATH[matched]) {
            matched++;
        } else {
            matched = 0;
            quoted = (b == '"' || b == '\'' || b == '`') && last != '+';
        }
        if (!Names.isSpace(b)) {
            last = b;
        }
    }

    private static void pass(ByteBuf in, int from, int to, Consumer<ByteBuf> out) {
        if (from < to) {
            out.accept(in.retainedSlice(from, to - from));
        }
    }

    /** What came in earlier buffers and is part of no path, or of one that has its prefix now. */
    private void passHeld(Consumer<ByteBuf> out) {
        if (held > 0) {
            out.accept(Unpooled.wrappedBuffer(PATH, 0, held));
            held = 0;
        }
    }

    @Override
    public void finish(Consumer<ByteBuf> out) {
        held = matched;
        passHeld(out);
        matched = 0;
    }

    @Override
    public void close() {
        // Holds no buffer.
        matched = 0;
    }
}
