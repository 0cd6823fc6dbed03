// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.http2;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HeaderSectionsTest {
    private static final int CONTINUATION = 9;
    private static final int NO_FLAGS = 0;
    private static final int PATIENCE = 10;

    private final HeaderSections sections = new HeaderSections();
    private long now;

    private static ByteBuf frame(int type, int flags, int length) {
        return Unpooled.buffer()
                .writeMedium(length)
                .writeByte(type)
                .writeByte(flags)
                .writeInt(1)
                // What looks like frames inside others must not count.
                .writeBytes(new byte[] {0, 0, 0, 1, 0, 0, 0, 0, 1}, 0, Math.min(length, 9))
                .writeZero(Math.max(0, length - 9));
    }

    /** Reads in pieces of that size. */
    private void read(int size, ByteBuf... frames) {
        ByteBuf all = Unpooled.wrappedBuffer(frames);
        while (all.isReadable()) {
            sections.read(all.readSlice(Math.min(size, all.readableBytes())), now);
        }
    }

    private boolean isOpen() {
        return sections.isOverdue(now + PATIENCE + 1, PATIENCE);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 9, 1000})
    void aSectionIsOpenUntilItIsWholeAtAnyCut(int size) {
        read(size, Unpooled.wrappedBuffer(Http2Wire.PREFACE), frame(Http2Wire.SETTINGS, NO_FLAGS, 18));
        assertThat(isOpen()).isFalse();
        read(size, frame(Http2Wire.HEADERS, Http2Wire.END_HEADERS, 100).readSlice(50));
        assertThat(isOpen()).isTrue();
        read(size, Unpooled.buffer().writeZero(59));
        assertThat(isOpen()).isFalse();
        read(size, frame(Http2Wire.HEADERS, NO_FLAGS, 20));
        assertThat(isOpen()).isTrue();
        read(size, frame(CONTINUATION, NO_FLAGS, 20), frame(CONTINUATION, NO_FLAGS, 0));
        assertThat(isOpen()).isTrue();
        read(size, frame(CONTINUATION, Http2Wire.END_HEADERS, 20));
        assertThat(isOpen()).isFalse();
        read(size, frame(Http2Wire.DATA, NO_FLAGS, 70_000).readSlice(60_000));
        assertThat(isOpen()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 1000})
    void eachSectionHasItsOwnTime(int size) {
        // Given: one that is open at the end of every read, but never the same
        read(size, Unpooled.wrappedBuffer(Http2Wire.PREFACE), frame(Http2Wire.HEADERS, NO_FLAGS, 5));
        for (int i = 0; i < 10; i++) {
            now += PATIENCE;
            assertThat(sections.isOverdue(now, PATIENCE)).isFalse();
            read(size, frame(CONTINUATION, Http2Wire.END_HEADERS, 0), frame(Http2Wire.HEADERS, NO_FLAGS, 5));
        }
        // When: pieces keep coming
        read(size, frame(CONTINUATION, NO_FLAGS, 5));
        now += PATIENCE;
        read(size, frame(CONTINUATION, NO_FLAGS, 5));
        now++;
        // Then
        assertThat(sections.isOverdue(now, PATIENCE)).isTrue();
    }
}
