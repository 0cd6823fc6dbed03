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
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One answer that is made of several upstreams': asks them side by side, lets each send while the merger wants more of it, and writes
 * what the merger makes of it while the client takes it. On the event loop of the client's connection.
 *
 * <p><b>Failures.</b> A part that fails before the answer has begun is told in its head ({@code Proxy-Status}). One that fails later is
 * asked again where the merger can go on from there: servers give up on a connection that is not read for a while, as one is not whose
 * turn comes late. Whatever the merger says, that ends when a part has brought no more than before for {@value #MOST_IN_VAIN} times in
 * turn. Otherwise the answer is cut.
 */
final class GatherResponse extends StreamedAnswer {
    /** Told of the client's request, as it is sent to one part. */
    interface Sender {
        void send(Http1BackendHandler to, Forward forward);
    }

    private static final int FIRST_SIZE = 4 << 10;
    private static final int MOST_IN_VAIN = 2;

    private final Sender sender;
    private final AnswerMerger merger;
    private final List<Part> parts = new ArrayList<>();
    private @Nullable ErrorType firstError;
    private String firstDetail = "";
    private boolean asking;
    private boolean closed;

    /**
     * @param sender sends the client's request on
     * @param keepAlive whether the connection may live on after the answer
     */
    GatherResponse(Downstream downstream, Gather gather, RequestHead request, Sender sender, boolean keepAlive) {
        super(downstream, request, keepAlive);
        this.sender = sender;
        this.merger = gather.merger().get();
        for (int i = 0; i < gather.parts().size(); i++) {
            parts.add(new Part(i, gather.parts().get(i)));
        }
    }

    /** There may be more to tell. */
    private void progress() {
        downstream().exchange().onProgress(this);
    }

    /** What is asked of one upstream; a new one where it is asked again. */
    private final class Part extends UpstreamCall {
        private final int number;
        private final Forward forward;
        private @Nullable ScheduledFuture<?> deadline;
        private boolean headSeen;
        private boolean over;
        private long received;
        /** What came of the body when it was asked before, at most; and how often in turn no more than that has come. */
        private long receivedBefore;

        private int timesInVain;

        Part(int number, Forward forward) {
            super(downstream().loop(), forward.target(), request().method());
            this.number = number;
            this.forward = forward;
        }

        /** The same once more, not asked yet. */
        Part anew() throws HttpViolation {
            Part next = new Part(number, forward);
            next.receivedBefore = Math.max(received, receivedBefore);
            next.timesInVain = received > receivedBefore ? 0 : timesInVain + 1;
            if (next.timesInVain == MOST_IN_VAIN) {
                throw new HttpViolation(
                        ErrorType.HTTP_RESPONSE_INCOMPLETE, "part " + number + " breaks off and gets no further");
            }
            return next;
        }

        /** The target's patience holds for the connection too: one part must not delay the others. */
        void ask() {
            long patience = target().patienceNanos();
            if (patience > 0) {
                deadline = loop().eventLoop().schedule(this::tooLate, patience, TimeUnit.NANOSECONDS);
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
                cancel();
                failed(ErrorType.DESTINATION_UNAVAILABLE, "part " + number + " answered " + head.status());
            }
        }

        @Override
        void onBody(ByteBuf piece) {
            received += piece.readableBytes();
            try {
                merger.onBody(number, piece);
            } catch (HttpViolation violation) {
                breaks(violation);
            }
        }

        @Override
        void onWhole() {
            over = true;
            try {
                if (request().method() != Method.HEAD) {
                    merger.onEnd(number);
                }
                progress();
            } catch (HttpViolation violation) {
                breaks(violation);
            }
        }

        @Override
        void onFailed(ErrorType error, String detail) {
            String route = downstream().record().route;
            loop().environment().metrics().upstreamRoute(route).error(error);
            merger.onFailed(number, error);
            failed(error, detail);
        }

        private void breaks(HttpViolation violation) {
            cancel();
            merger.onFailed(number, violation.type());
            failed(violation.type(), violation.rule());
        }

        /** It is over without being whole, which the merger has been told. */
        private void failed(ErrorType error, String detail) {
            over = true;
            cancelDeadline();
            if (firstError == null) {
                firstError = error;
                firstDetail = detail;
            }
            progress();
        }

        @Override
        public void onUpstreamReadComplete() {
            progress();
        }
    }

    @Override
    void open() {
        asking = true;
        for (Part part : parts) {
            part.ask();
        }
        asking = false;
        progress();
    }

    @Override
    boolean proceed() throws HttpViolation {
        if (asking) {
            return false;
        }
        if (!hasBegun()) {
            LocalResponse head = merger.head();
            if (head == null) {
                awaitHead();
                return false;
            }
            if (!begin(told(head))) {
                return true;
            }
        }
        return pull();
    }

    private void awaitHead() throws HttpViolation {
        if (parts.stream().allMatch(part -> part.over)) {
            throw new HttpViolation(Objects.requireNonNull(firstError), firstDetail);
        }
        steer();
    }

    /** With what went wrong so far, which the log says too. */
    private LocalResponse told(LocalResponse head) {
        ErrorType error = firstError;
        if (error == null) {
            return head;
        }
        ExchangeRecord record = downstream().record();
        record.error = error;
        record.detail = firstDetail;
        return LocalAnswers.despite(head, error, RequestIds.text(request(), record.requestId));
    }

    private boolean pull() throws HttpViolation {
        Http1FrontendHandler client = downstream().frontend();
        while (!closed && client.isWritable()) {
            ByteBuf piece = piece(FIRST_SIZE, AnswerMerger.MOST_BYTES);
            try {
                merger.next(piece);
                if (!piece.isReadable()) {
                    break;
                }
                write(piece.retain());
            } finally {
                piece.release();
            }
            // What is not flushed does not count as taken or not.
            client.writer().flush();
        }
        steer();
        return !closed && merger.isOver();
    }

    /**
     * Lets parts send, or not, also while others are still waited for; asks those again whose turn comes after their connection has
     * ended.
     */
    private void steer() throws HttpViolation {
        for (int i = 0; i < parts.size() && !closed; i++) {
            Part part = parts.get(i);
            if (!part.over) {
                part.allowReads(!part.headSeen || merger.wants(i));
            } else if (merger.restart(i)) {
                askAgain(part);
            }
        }
    }

    /** What it says at once, that there is no connection for it above all, is gone on with later and not from here. */
    private void askAgain(Part broken) throws HttpViolation {
        Part again = broken.anew();
        parts.set(broken.number, again);
        asking = true;
        again.ask();
        asking = false;
        if (again.over) {
            downstream().loop().eventLoop().execute(this::progress);
        }
    }

    @Override
    void close() {
        if (!closed) {
            closed = true;
            parts.forEach(Part::end);
            merger.close();
        }
    }
}
