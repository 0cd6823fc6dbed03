// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.http2;

import io.gatehouse.proxy.ClientInfo;
import io.gatehouse.proxy.DownstreamTimeouts;
import io.gatehouse.proxy.ErrorType;
import io.gatehouse.proxy.grpc.CallInspector;
import io.gatehouse.proxy.grpc.CallInspector.Decision;
import io.gatehouse.proxy.grpc.GrpcError;
import io.gatehouse.proxy.grpc.GrpcStatus;
import io.gatehouse.proxy.grpc.RoutedCall;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Stream;
import java.util.ArrayDeque;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One call and its answer. On the event loop of the client's connection only, which is that of the server's too.
 *
 * <pre>
 *   head ──► PEEKING ◄──more── ({@link CallInspector})
 *               │
 *            decision ──later──► DECIDING
 *               │ forward           │
 *               ▼                   ▼
 *          CONNECTING ──link──► OPEN ──trailers──► OVER
 *               └───── no link, refused, reset, lost ─────┘
 * </pre>
 *
 * <p><b>Credit.</b> Request data is none for the client before it has gone on to the server; until then it is a {@link HeldRequest}.
 */
final class GrpcExchange implements ServerLinks.Waiter {
    private static final Logger LOG = LoggerFactory.getLogger(GrpcExchange.class);

    /** For how long a call that has just begun is still listened to when this process ends. */
    static final long MOMENT_NANOS = TimeUnit.SECONDS.toNanos(1);

    private enum Phase {
        PEEKING,
        DECIDING,
        CONNECTING,
        OPEN,
        OVER
    }

    private final ClientConnection client;
    private final GrpcLoop loop;
    private final Http2Stream stream;
    private final HeldRequest request = new HeldRequest();
    private final OwedCredit credit;
    private Phase phase = Phase.PEEKING;
    /** Since when the client has owed us what it takes to route the call. */
    private long peekingNanos;

    /** When the answer was whole. */
    private long finishedNanos;

    private @Nullable CallRecord record;
    private @Nullable CallInspector inspector;
    private @Nullable RoutedCall call;
    private @Nullable ServerStream server;
    private @Nullable CallAnswer answer;

    /** Of a request that a server gets in pieces; most come in one. */
    private @Nullable RequestPace pace;

    GrpcExchange(ClientConnection client, Http2Stream stream) {
        this.client = client;
        this.loop = client.grpcLoop();
        this.stream = stream;
        this.credit = new OwedCredit(bytes -> client.consumed(stream, bytes));
    }

    // ---- the client ----

    /** The head of the request; {@code end} where it has no body. */
    void onHead(Http2Headers headers, CallClients clients, boolean end) {
        ClientInfo sender = clients.of(headers);
        CallRecord begun = new CallRecord(client.listener(), loop.loop(), sender, headers);
        record = begun;
        peekingNanos = begun.startNanos();
        if (end) {
            request.end();
        }
        client.environment().drainState().exchangeBegan();
        HttpRefusal refusal = HttpRefusal.of(headers, client.environment().via());
        if (refusal != null) {
            phase = Phase.OVER;
            refusal.answer(client, stream, headers, end);
            begun.endHttp(refusal.status(), refusal.error());
            client.environment().drainState().exchangeEnded();
            return;
        }
        if (client.listener().refusesRequests()) {
            refuse(OwnErrors.OUT_OF_MEMORY);
            return;
        }
        String problem = MetadataRules.problem(headers);
        if (problem != null) {
            refuse(GrpcError.of(GrpcStatus.INVALID_ARGUMENT, ErrorType.HTTP_REQUEST_ERROR, problem));
            return;
        }
        try {
            CallInspector looking = client.calls().begin(new ReceivedHead(begun));
            inspector = looking;
            decided(looking.begin());
        } catch (RuntimeException defect) {
            onDefect(defect);
        }
    }

    /**
     * Data of the request.
     *
     * @return how many of its bytes the client may send anew at once
     */
    int onRequestData(ByteBuf data, boolean end) {
        int bytes = data.readableBytes();
        CallRecord known = record;
        if (phase == Phase.OVER || known == null) {
            return bytes;
        }
        known.bytesIn += bytes;
        if (end) {
            request.end();
        }
        if (phase == Phase.OPEN) {
            forward(data.retain(), end);
            ServerStream to = server;
            if (to == null || phase != Phase.OPEN) {
                return bytes;
            }
            credit.add(bytes, loop.loop().nanoTime());
            credit.giveBackOnceSent(to.link(), to.stream());
            return 0;
        }
        request.add(data.retain());
        credit.add(bytes, loop.loop().nanoTime());
        CallInspector looking = inspector;
        if (phase == Phase.PEEKING && looking != null) {
            try {
                decided(request.showTo(looking));
            } catch (RuntimeException defect) {
                onDefect(defect);
            }
        }
        request.settle(client.context().alloc());
        return 0;
    }

    /** When it began. */
    long begunNanos() {
        CallRecord known = record;
        return known == null ? loop.loop().nanoTime() : known.startNanos();
    }

    /** Called at each beat: whether the client has kept us waiting too long for its request. */
    boolean isTooSlow(long nowNanos, DownstreamTimeouts timeouts) {
        return switch (phase) {
            case PEEKING -> nowNanos - peekingNanos > timeouts.head().toNanos();
            case OPEN -> pace != null && !request.hasEnded() && pace.isTooSlow(nowNanos, credit.isOwed(), timeouts);
            case DECIDING, CONNECTING, OVER -> false;
        };
    }

    /** Ends a call that {@link #isTooSlow}. */
    void endSlow() {
        GrpcError error = phase == Phase.PEEKING ? OwnErrors.SLOW_BEGINNING : OwnErrors.SLOW_MESSAGE;
        cancelled();
        refuse(error);
    }

    /** For how long data of it has been waiting for somebody to take it, either way. */
    long stuckNanos(long nowNanos) {
        if (phase == Phase.OVER) {
            // What is left of the answer.
            return client.holds(stream) ? nowNanos - finishedNanos : 0;
        }
        long there = credit.waitingNanos(nowNanos);
        return answer == null ? there : Math.max(there, answer.stuckNanos(nowNanos));
    }

    /** Short of memory: ends the call, and lets go of what waits in it, trailers included. */
    void giveWay() {
        if (phase != Phase.OVER) {
            cancelled();
            end(GrpcStatus.RESOURCE_EXHAUSTED, ErrorType.OUT_OF_MEMORY, "nobody took what it held");
        }
        // A reset, since trailers would wait behind the data; this one is RESOURCE_EXHAUSTED to clients of gRPC.
        client.reset(stream, Http2Error.ENHANCE_YOUR_CALM);
    }

    /** Trailers of a request say nothing in gRPC, but that it has ended. */
    void onRequestTrailers() {
        onRequestData(Unpooled.EMPTY_BUFFER, true);
    }

    /** The stream to the client is closed, by whomever. */
    void onClosed() {
        if (phase != Phase.OVER) {
            cancelled();
            end(GrpcStatus.CANCELLED, ErrorType.DOWNSTREAM_CLOSED, "");
        }
    }

    private void cancelled() {
        RoutedCall routed = call;
        CallInspector looking = inspector;
        if (routed != null) {
            routed.cancelled();
        } else if (looking != null) {
            looking.cancelled();
        }
    }

    /** This process ends; see {@link CallAnswer#letGo}. What nobody works on yet is better begun elsewhere. */
    void letGo(long nowNanos) {
        if (answer != null && isOpen()) {
            answer.letGo();
        } else if (phase == Phase.PEEKING && nowNanos - peekingNanos > MOMENT_NANOS) {
            cancelled();
            refuse(OwnErrors.DRAINING);
        }
    }

    // ---- what becomes of it ----

    private void decided(Decision decision) {
        if (phase == Phase.OVER) {
            // The inspector has heard that the client is gone.
            return;
        }
        switch (decision) {
            // The end may have come already, behind pieces that wait to be looked at.
            case Decision.More _ when !request.hasEnded() || request.hasUnseen() -> phase = Phase.PEEKING;
            // There is no body.
            case Decision.More _ when request.hasUnseenEnd() && inspector != null -> decided(request.showTo(inspector));
            case Decision.More _ -> onDefect(new IllegalStateException("more is wanted than there is of " + phase));
            case Decision.Deferred later -> await(later.decision());
            case Decision.Refuse no -> {
                named(no.route(), no.user());
                refuse(no.error());
            }
            case Decision.Answer ours -> {
                named(ours.route(), ours.user());
                answer(ours.message());
            }
            case Decision.Forward to -> {
                phase = Phase.CONNECTING;
                call = to.call();
                named(to.call().route(), to.call().user());
                loop.links().acquire(to.call().server(), this);
            }
        }
    }

    private void named(String route, String user) {
        CallRecord known = record;
        if (known != null) {
            known.route = route.isEmpty() ? CallRecord.NO_ROUTE : route;
            known.user = user;
        }
    }

    private void await(CompletionStage<Decision> later) {
        phase = Phase.DECIDING;
        later.whenComplete((decision, defect) -> loop.execute(() -> awaited(decision, defect)));
    }

    private void awaited(@Nullable Decision decision, @Nullable Throwable defect) {
        if (decision == null) {
            onDefect(defect == null ? new IllegalStateException("no decision") : defect);
            return;
        }
        // What it took to find out was not the client's time.
        peekingNanos = loop.loop().nanoTime();
        if (decision instanceof Decision.More && phase == Phase.DECIDING && request.hasUnseen()) {
            inspectHeld();
        } else {
            decidedLater(decision);
        }
    }

    private void decidedLater(Decision decision) {
        try {
            decided(decision);
        } catch (RuntimeException defect) {
            onDefect(defect);
        }
    }

    /** What came while something else was found out has not been looked at yet. */
    private void inspectHeld() {
        phase = Phase.PEEKING;
        CallInspector looking = inspector;
        if (looking == null) {
            return;
        }
        try {
            while (phase == Phase.PEEKING && request.hasUnseen()) {
                decided(request.showTo(looking));
            }
        } catch (RuntimeException defect) {
            onDefect(defect);
        }
    }

    @Override
    public boolean isWaiting() {
        return phase == Phase.CONNECTING;
    }

    @Override
    public void onLink(ServerLink link) {
        RoutedCall routed = call;
        CallRecord known = record;
        if (routed == null || known == null) {
            return;
        }
        known.sent(routed.server());
        Http2Headers head = CallMetadata.request(
                known.head(),
                routed.server(),
                client.router().withheldMetadata(),
                routed.metadata(),
                client.environment().via());
        CallAnswer expected = new CallAnswer(this, client, stream, routed, known);
        ServerStream opened = link.open(head, request.hasEnded() && request.isEmpty(), expected);
        if (opened == null) {
            onNoStream(link, routed);
            return;
        }
        expected.from(opened);
        answer = expected;
        server = opened;
        phase = Phase.OPEN;
        while (phase == Phase.OPEN && !request.isEmpty()) {
            ByteBuf data = request.take();
            forward(data, request.hasEnded() && request.isEmpty());
        }
        if (phase == Phase.OPEN) {
            credit.giveBackOnceSent(link, opened.stream());
        }
    }

    private void onNoStream(ServerLink link, RoutedCall routed) {
        if (link.isActive()) {
            // The server has said how much it takes, and this is more: not its failure.
            routed.cancelled();
            refuse(OwnErrors.METADATA_TOO_LARGE);
        } else {
            fail(ErrorType.CONNECTION_TERMINATED);
        }
    }

    @Override
    public void onNoLink(ErrorType error, String reason) {
        fail(error);
    }

    /** Takes over the data, and lets the call edit it. */
    private void forward(ByteBuf data, boolean end) {
        RoutedCall routed = call;
        ServerStream to = server;
        if (routed == null || to == null) {
            data.release();
            return;
        }
        if (!end) {
            // Before anybody edits the data. A request that comes in one piece costs nothing here.
            pace().add(data);
        }
        ArrayDeque<ByteBuf> pieces = loop.pieces();
        try {
            GrpcError error = routed.request(data, end, pieces::add);
            if (error != null) {
                routed.cancelled();
                refuse(error);
                return;
            }
            if (end && pieces.isEmpty()) {
                to.writeEnd();
            }
            while (!pieces.isEmpty()) {
                ByteBuf piece = pieces.removeFirst();
                to.write(piece, end && pieces.isEmpty());
            }
        } catch (RuntimeException defect) {
            onDefect(defect);
        } finally {
            // Whatever happens: the queue is that of all calls.
            pieces.forEach(ByteBuf::release);
            pieces.clear();
        }
    }

    private RequestPace pace() {
        RequestPace known = pace;
        if (known == null) {
            known = new RequestPace();
            pace = known;
        }
        return known;
    }

    /** Whether a server works on it. */
    boolean isOpen() {
        return phase == Phase.OPEN;
    }

    // ---- the end ----

    /** The server could not be reached, or has broken off. */
    void fail(ErrorType error) {
        RoutedCall routed = call;
        if (routed != null) {
            refuse(routed.failed(error, isHeadSent()));
        }
    }

    /** The server, or what it sent, has ended this call alone. */
    void reset(ErrorType error, GrpcStatus status) {
        RoutedCall routed = call;
        if (routed != null) {
            refuse(routed.reset(error, status, isHeadSent()));
        }
    }

    private boolean isHeadSent() {
        return answer != null && answer.isHeadSent();
    }

    private void onDefect(Throwable defect) {
        CallRecord known = record;
        LOG.atError()
                .setCause(defect)
                .addKeyValue("requestId", known == null ? "" : known.requestId())
                .log("a call failed by a defect");
        if (phase != Phase.OVER) {
            RoutedCall routed = call;
            if (routed != null) {
                routed.cancelled();
            }
            refuse(OwnErrors.DEFECT);
        }
    }

    private void refuse(GrpcError error) {
        finish(isHeadSent() ? StatusTrailers.of(error) : StatusTrailers.alone(error));
        end(error.status(), error.type(), error.message());
    }

    private void answer(byte[] message) {
        client.writeHeaders(stream, StatusTrailers.head(), false);
        ByteBuf framed = client.context().alloc().buffer(message.length + 5);
        framed.writeByte(0).writeInt(message.length).writeBytes(message);
        CallRecord known = record;
        if (known != null) {
            known.bytesOut += framed.readableBytes();
        }
        client.writeData(stream, framed, false);
        finish(StatusTrailers.ok());
        end(GrpcStatus.OK, null, "");
    }

    /** The last header section for the client. */
    void finish(Http2Headers headers) {
        Phase before = phase;
        phase = Phase.OVER;
        finishedNanos = loop.loop().nanoTime();
        client.writeHeaders(stream, headers, true);
        if (!request.hasEnded() && before != Phase.OVER) {
            // Its rest is not wanted (RFC 9113 section 8.1); but the reset must not overtake the answer.
            if (client.holds(stream)) {
                client.resetSoon(stream);
            } else {
                client.reset(stream, Http2Error.NO_ERROR);
            }
        }
    }

    /** Lets go of everything, and writes it down; {@code detail} is for the log. */
    void end(GrpcStatus status, @Nullable ErrorType error, String detail) {
        phase = Phase.OVER;
        if (answer != null) {
            answer.close();
        }
        request.release();
        credit.giveBack();
        CallRecord known = record;
        if (known != null) {
            known.end(status, error, detail);
        }
        client.environment().drainState().exchangeEnded();
    }
}
