// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.proxy.BodyFilter;
import io.gatehouse.proxy.http1.HttpViolation;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

/** Runs a filter over a body in pieces, as pooled direct buffers, and sees that each is released once. */
final class Filtering {
    private final BodyFilter filter;
    private final List<ByteBuf> given = new ArrayList<>();
    private final ByteArrayOutputStream result = new ByteArrayOutputStream();

    private Filtering(BodyFilter filter) {
        this.filter = filter;
    }

    /** What comes out when the body is cut behind each of {@code cuts} bytes; the last piece takes the rest. */
    static byte[] through(BodyFilter filter, byte[] body, int... cuts) {
        Filtering run = new Filtering(filter);
        int from = 0;
        for (int cut : cuts) {
            run.feed(body, from, Math.min(cut, body.length));
            from = Math.min(cut, body.length);
        }
        run.feed(body, from, body.length);
        return run.end();
    }

    private void feed(byte[] body, int from, int to) {
        ByteBuf in = PooledByteBufAllocator.DEFAULT.directBuffer(Math.max(1, to - from));
        in.writeBytes(body, from, to - from);
        given.add(in);
        try {
            filter.filter(in, this::take);
        } catch (HttpViolation violation) {
            throw new AssertionError(violation);
        }
    }

    private byte[] end() {
        try {
            filter.finish(this::take);
        } catch (HttpViolation violation) {
            throw new AssertionError(violation);
        }
        filter.close();
        assertThat(given).allSatisfy(buffer -> assertThat(buffer.refCnt()).isZero());
        return result.toByteArray();
    }

    private void take(ByteBuf out) {
        byte[] bytes = new byte[out.readableBytes()];
        out.readBytes(bytes);
        result.writeBytes(bytes);
        assertThat(out.release()).as("handed over with one reference").isTrue();
    }
}
