// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.exchange;

import io.gatehouse.proxy.AnswerMerger;
import io.gatehouse.proxy.ErrorType;
import io.gatehouse.proxy.LocalResponse;
import io.gatehouse.proxy.RouteDecision.Forward;
import io.gatehouse.proxy.RouteDecision.Gather;
import io.gatehouse.proxy.http1.HttpViolation;
import io.gatehouse.proxy.http1.Method;
import io.gatehouse.proxy.http1.RequestHead;
import io.gatehouse.proxy.http1.ResponseHead;
import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One answer that is made of several upstreams': asks them side by side, lets each send while the merger wants more of it, and writes
 * what the merger makes of it while the client takes it. On the event loop of the client's connection.
 *
 * <p><b>Failures.</b> A part that fails before the answer has begun is told in its head ({@code Proxy-Status}). One that fails later is
 * asked again where the merger can go on from there: servers give up on a connection that is not read for a while, as one is not whose
 * turn comes late. Otherwise the answer is cut.
 */
final class GatherResponse {
    /** Told of the client's request, as it is sent to one part. */
    interface Sender {
        void send(Http1BackendHandler to, Forward forward);
    }

    private static final int FIRST_SIZE = 4 << 10;

    private final ExchangeStateMachine exchange;
    private final Http1FrontendHandler frontend;
    private final LoopContext loop;
    private final ExchangeRecord record;
    private final RequestHead request;
    private final Sender sender;
    private final AnswerMerger merger;
    private final List<Part> parts = new ArrayList<>();
    private final StreamedAnswer answer;
    private @Nullable ErrorType firstError;
    private String firstDetail = "";
    private boolean asking;
    private boolean begun;
    private boolean closed;

    /**
     * @param sender sends the client's request on
     * @param keepAlive whether the connection may live on after the answer
     */
    GatherResponse(
            ExchangeStateMachine exchange,
            Http1FrontendHandler frontend,
            LoopContext loop,
            ExchangeRecord record,
            Gather gather,
            RequestHead request,
            Sender sender,
            boolean keepAlive) {
        this.exchange = exchange;
        this.frontend = frontend;
        this.loop = loop;
        this.record = record;
        this.request = request;
        this.sender = sender;
        this.merger = gather.merger().get();
        this.answer = new StreamedAnswer(frontend, loop, record, request, keepAlive);
        for (int i = 0; i < gather.parts().size(); i++) {
            parts.add(new Part(i, gather.parts().get(i)));
        }
    }

    /** What is asked of one upstream; a new one where it is asked again. */
    private final class Part extends UpstreamCall {
        private final int number;
        private final Forward forward;
        private @Nullable ScheduledFuture<?> deadline;
        private boolean headSeen;
        private boolean over;

        Part(int number, Forward forward) {
            super(loop, forward.target(), request.method());
            this.number = number;
            this.forward = forward;
        }

        /** The target's patience holds for the connection too: one part must not delay the others. */
        void ask() {
            long patience = target().patienceNanos();
            if (patience > 0) {
                deadline = loop.eventLoop().schedule(this::tooLate, patience, TimeUnit.NANOSECONDS);
            }
            begin();
        }

        private void tooLate() {
            cancel();
            onFailed(ErrorType.HTTP_RESPONSE_TIMEOUT, "no response in time");
        }

        private void cancelDeadline() {
            if (deadline != null) {
                deadline.cancel(false);
            }
        }

        /** The answer is over, and so is whatever is left of this. */
        void end() {
            cancelDeadline();
            if (!over) {
                cancel();
            }
        }

        @Override
        void write(Http1BackendHandler to) {
            sender.send(to, forward);
        }

        @Override
        void onHead(ResponseHead head) {
            headSeen = true;
            cancelDeadline();
            if (!merger.onHead(number, head)) {
                failed(ErrorType.DESTINATION_UNAVAILABLE, "part " + number + " answered " + head.status());
                cancel();
                exchange.onGathered(GatherResponse.this);
            }
        }

        @Override
        void onBody(ByteBuf piece) {
            try {
                merger.onBody(number, piece);
            } catch (HttpViolation violation) {
                broken(violation);
                exchange.onGathered(GatherResponse.this);
            }
        }

        @Override
        void onWhole() {
            over = true;
            if (request.method() == Method.HEAD) {
                exchange.onGathered(GatherResponse.this);
                return;
            }
            try {
                merger.onEnd(number);
            } catch (HttpViolation violation) {
                broken(violation);
            }
            exchange.onGathered(GatherResponse.this);
        }

        @Override
        void onFailed(ErrorType error, String detail) {
            failed(error, detail);
            loop.environment().metrics().upstreamRoute(record.route).error(error);
            merger.onFailed(number, error);
            exchange.onGathered(GatherResponse.this);
        }

        private void broken(HttpViolation violation) {
            failed(violation.type(), violation.rule());
            merger.onFailed(number, violation.type());
            cancel();
        }

        private void failed(ErrorType error, String detail) {
            over = true;
            cancelDeadline();
            if (firstError == null) {
                firstError = error;
                firstDetail = detail;
            }
        }

        @Override
        public void onUpstreamReadComplete() {
            exchange.onGathered(GatherResponse.this);
        }
    }

    /** Asks everybody. What comes of it is told by {@link ExchangeStateMachine#onGathered}, perhaps before this returns. */
    void ask() {
        asking = true;
        for (Part part : parts) {
            part.ask();
        }
        asking = false;
        exchange.onGathered(this);
    }

    /** Whether the client has seen anything of the answer. */
    boolean hasBegun() {
        return begun;
    }

    /** Whether the connection may live on after the end. */
    boolean keepsAlive() {
        return answer.keepsAlive();
    }

    /** What went wrong first; null where nothing did. */
    @Nullable
    ErrorType firstError() {
        return firstError;
    }

    /** The same in words, for the log. */
    String firstDetail() {
        return firstDetail;
    }

    /** The head of the answer; null while it cannot be told, or where there is none. */
    @Nullable
    LocalResponse head() {
        return asking ? null : merger.head();
    }

    /** Whether there will be no answer: every part is over, and the merger has nothing to say. */
    boolean isHopeless() {
        return !asking && parts.stream().allMatch(part -> part.over) && merger.head() == null;
    }

    /** Writes the head; returns whether a body follows. */
    boolean begin(LocalResponse head) {
        begun = true;
        return answer.begin(head, request);
    }

    /**
     * Writes what there is while the client takes it; returns whether all is written.
     *
     * @throws HttpViolation where the answer cannot be whole any more
     */
    boolean pull() throws HttpViolation {
        while (!closed && frontend.isWritable()) {
            ByteBuf piece = loop.environment()
                    .allocator()
                    .ioBuffer(FIRST_SIZE, AnswerMerger.MOST_BYTES + StreamedAnswer.LINE_END);
            try {
                merger.next(piece);
                if (!piece.isReadable()) {
                    break;
                }
                answer.write(piece.retain());
            } finally {
                piece.release();
            }
            // What is not flushed does not count as taken or not.
            frontend.writer().flush();
        }
        steer();
        return !closed && merger.isOver();
    }

    /**
     * Lets parts send, or not, also while others are still waited for; asks those again whose turn comes after their connection has
     * ended.
     */
    void steer() {
        for (int i = 0; i < parts.size() && !closed; i++) {
            Part part = parts.get(i);
            if (!part.over) {
                part.allowReads(!part.headSeen || merger.wants(i));
            } else if (merger.asksAgain(i)) {
                Part again = new Part(i, part.forward);
                parts.set(i, again);
                again.ask();
            }
        }
    }

    /** The body is whole. */
    void end() {
        answer.end();
    }

    /** Nothing is asked of anybody any more. */
    void close() {
        if (!closed) {
            closed = true;
            parts.forEach(Part::end);
            merger.close();
        }
    }
}
