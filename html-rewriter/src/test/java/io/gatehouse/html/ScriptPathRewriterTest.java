// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.html;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScriptPathRewriterTest {
    /** Each {@code @} is where the prefix has to be put. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "css = await fetch(\"@/static/sql/spark-sql-viz.css\").then((resp) => resp.text());",
                "uiRoot + '/stat' + \"/statics/\"; x = /static/; '@/static/'",
                "\"\"@/static/x\"/static",
                "'/s'/st'/sta'@/static/a",
                "`@/static/${x}`",
                "uiRoot + \"/static/x\", uiRoot+ '/static/x'; a+(\"@/static/x\"); `${uiRoot}/static/x`",
                "'/static",
                "'"
            })
    void pathsAtTheBeginningOfStringsShouldGetThePrefix(String marked) {
        String script = marked.replace("@", "");
        String expected = marked.replace("@", "/sparkui/app-1");

        for (int cut = 0; cut <= script.length(); cut++) {
            assertThat(rewrite(script, cut)).as("cut at %d", cut).isEqualTo(expected);
        }
    }

    private static String rewrite(String script, int cut) {
        UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(false);
        StringBuilder text = new StringBuilder();
        Consumer<ByteBuf> out = buffer -> {
            text.append(buffer.toString(StandardCharsets.ISO_8859_1));
            buffer.release();
        };
        try (Rewriter rewriter = new ScriptPathRewriter(Rewriting.MAPPING)) {
            for (String piece : new String[] {script.substring(0, cut), "", script.substring(cut)}) {
                rewriter.write(allocator.heapBuffer().writeBytes(Rewriting.bytes(piece)), out);
            }
            rewriter.finish(out);
        }
        assertThat(allocator.metric().usedHeapMemory()).isZero();
        return text.toString();
    }
}
