// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.http2;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.proxy.grpc.CallInspector;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class HeldRequestTest {
    private final HeldRequest request = new HeldRequest();
    private final List<String> seen = new ArrayList<>();
    private final CallInspector inspector = new CallInspector() {
        @Override
        public Decision begin() {
            return Decision.MORE;
        }

        @Override
        public Decision inspect(ByteBuf bytes, boolean end) {
            seen.add(bytes.toString(StandardCharsets.US_ASCII) + (end ? "." : ""));
            return Decision.MORE;
        }
    };

    @Test
    void theInspectorSeesEachPieceOnceAndTheEndWithTheLast() {
        request.add(piece("a"));
        request.showTo(inspector);
        request.add(piece("b"));
        request.add(piece("c"));
        request.end();
        while (request.hasUnseen()) {
            request.showTo(inspector);
        }

        assertThat(seen).containsExactly("a", "b", "c.");
        assertThat(request.hasUnseenEnd()).isFalse();
        request.release();
    }

    @Test
    void anEndThatComesBehindAllPiecesIsShownByItself() {
        request.add(piece("a"));
        request.showTo(inspector);
        request.end();
        assertThat(request.hasUnseenEnd()).isTrue();

        request.showTo(inspector);

        assertThat(seen).containsExactly("a", ".");
        assertThat(request.hasUnseenEnd()).isFalse();
        request.release();
    }

    @Test
    void piecesAreTakenInTheirOrderByWhoeverOwnsThemThen() {
        ByteBuf first = piece("a");
        ByteBuf second = piece("b");
        request.add(first);
        request.add(second);
        request.settle(UnpooledByteBufAllocator.DEFAULT);

        ByteBuf taken = request.take();
        assertThat(taken).isSameAs(first);
        assertThat(request.isEmpty()).isFalse();
        request.release();

        assertThat(request.isEmpty()).isTrue();
        assertThat(first.refCnt()).isEqualTo(1);
        assertThat(second.refCnt()).isZero();
        taken.release();
    }

    private static ByteBuf piece(String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII);
    }
}
