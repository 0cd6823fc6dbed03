// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import io.gatehouse.proxy.BodyFilter;
import io.gatehouse.proxy.ResponseFilter;
import io.gatehouse.proxy.http1.HttpViolation;
import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Edits a body twice: what leaves {@code first} is what {@code second} gets. */
record FiltersInTurn(BodyFilter first, BodyFilter second) implements BodyFilter {
    /** One filter for responses out of two. What {@code first} edits has no content coding. */
    static ResponseFilter of(ResponseFilter first, @Nullable ResponseFilter second) {
        return second == null
                ? first
                : (response, request, client) -> {
                    BodyFilter one = first.onResponse(response, request, client);
                    BodyFilter other = second.onResponse(response, request, client);
                    return one == null ? other : other == null ? one : new FiltersInTurn(one, other);
                };
    }

    @Override
    public void filter(ByteBuf in, Consumer<ByteBuf> out) throws HttpViolation {
        Queue<ByteBuf> between = new ArrayDeque<>();
        try {
            first.filter(in, between::add);
            pass(between, out);
        } finally {
            between.forEach(ByteBuf::release);
        }
    }

    @Override
    public void finish(Consumer<ByteBuf> out) throws HttpViolation {
        Queue<ByteBuf> between = new ArrayDeque<>();
        try {
            first.finish(between::add);
            pass(between, out);
        } finally {
            between.forEach(ByteBuf::release);
        }
        second.finish(out);
    }

    private void pass(Queue<ByteBuf> between, Consumer<ByteBuf> out) throws HttpViolation {
        for (ByteBuf piece = between.poll(); piece != null; piece = between.poll()) {
            second.filter(piece, out);
        }
    }

    @Override
    public void onReadComplete() {
        first.onReadComplete();
        second.onReadComplete();
    }

    @Override
    public void close() {
        first.close();
        second.close();
    }
}
