// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.http2;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2Headers;
import java.util.ArrayDeque;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Holds back an answer that may pass only once something else is done, and keeps its order. On the event loop only. */
final class AnswerGate {
    private final CallAnswer answer;
    private @Nullable ArrayDeque<ByteBuf> held;
    private @Nullable Http2Headers trailers;
    private boolean closed;

    AnswerGate(CallAnswer answer) {
        this.answer = answer;
    }

    /** Whether whatever comes may pass. */
    boolean isOpen() {
        return !closed;
    }

    /** Holds what comes from now on until the stage is complete, in whatever way. */
    void close(CompletionStage<?> until) {
        closed = true;
        until.whenComplete((_, _) -> answer.onLoop(this::open));
    }

    /** Takes over data that may not pass yet. */
    void hold(ByteBuf data) {
        if (held == null) {
            held = new ArrayDeque<>();
        }
        held.add(data);
    }

    /** The end of the answer, behind whatever is held. */
    void trailers(Http2Headers headers, boolean alone) {
        if (closed) {
            trailers = headers;
        } else {
            answer.sendTrailers(headers, alone);
        }
    }

    private void open() {
        closed = false;
        if (held != null) {
            while (!held.isEmpty()) {
                answer.send(held.removeFirst());
            }
        }
        answer.awaitSent();
        Http2Headers last = trailers;
        if (last != null) {
            trailers = null;
            answer.sendTrailers(last, false);
        }
    }

    /** Lets go of what is held. */
    void release() {
        if (held != null) {
            held.forEach(ByteBuf::release);
            held.clear();
        }
        trailers = null;
    }
}
