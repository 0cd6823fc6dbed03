// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.exchange;

import io.gatehouse.proxy.ClientInfo;
import io.gatehouse.proxy.ErrorType;
import io.gatehouse.proxy.Fallback;
import io.gatehouse.proxy.LocalResponse;
import io.gatehouse.proxy.RouteDecision;
import io.gatehouse.proxy.RouteDecision.Forward;
import io.gatehouse.proxy.RouteDecision.Handle;
import io.gatehouse.proxy.Service;
import io.gatehouse.proxy.Upstream;
import io.gatehouse.proxy.forwarding.ClientResolver;
import io.gatehouse.proxy.http1.HttpViolation;
import io.gatehouse.proxy.http1.Method;
import io.gatehouse.proxy.http1.RequestHead;
import io.gatehouse.proxy.http1.TrailerSection;
import io.gatehouse.proxy.net.SplicePipe;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.FileRegion;
import java.net.InetAddress;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The judgement of a client's connection: takes its requests one at a time through guard, authentication and routing, and
 * then either forwards them or answers them. Events come from {@link Http1FrontendHandler}, from the upstream connection
 * and from the pool, all on one event loop; nothing here blocks.
 *
 * <pre>
 *            {@link #onRequestHead}
 *   Idle ───────────────► ({@link RequestSteps}) ──later──────────► Deciding ──┐
 *    ▲                         │            │         │                        │
 *    │                      Forward       Handle   Answer, Refuse ◄────────────┘
 *    │                         ▼            ▼         │
 *    │                    Connecting    Collecting    │
 *    │   {@link #onConnected} │   ▲ retry    │ {@link #onRequestEnd}
 *    │                         ▼   │        ▼         │
 *    │                    Forwarding     Handling     │
 *    │  {@link #onResponseEnd} │ ╲          │         │
 *    │                         │  ╲ {@link #onWebSocket}
 *    │                         │   ► Tunnelling ──────────► Closed
 *    │                         │            │     Events, Gather ──► Streaming ──► Idle or Closing
 *    └─────────────────────────┴────────────┴─────────┴──► Closing ──► Closed
 *                     response out, connection kept   or not     {@link #onDownstreamClosed}
 * </pre>
 *
 * <p><b>Back-pressure.</b> A client that does not read stops the reads from its upstream. An upstream that does not read
 * stops the reads from its client. Nothing is read from a client while nobody is ready for its body, and no further
 * request while responses to it are waiting to leave.
 *
 * <p><b>Deadlines.</b> Each state has one: the client's in Idle and Collecting, the pool's in Connecting, the client's and
 * the upstream's in Forwarding, {@link #onTick} in Deciding and Handling, the lingering close in Closing. Streaming goes on as
 * long as the client takes what is told.
 *
 * <p>An event that the state does not allow is a defect: it is logged as ERROR with the state and ends the connection.
 */
final class ExchangeStateMachine implements UpstreamAttempts.Owner {
    private static final Logger LOG = LoggerFactory.getLogger(ExchangeStateMachine.class);

    private final Http1FrontendHandler frontend;
    private final ListenerContext listener;
    private final LoopContext loop;
    private final ExchangeRecord record;
    private final RequestSteps steps;
    private final ClientResolver clients;
    private final Downstream downstream;
    private final RequestForwarder requestForwarder;
    private final ResponseForwarder responseForwarder;
    private ExchangeState state = ExchangeState.Idle.INSTANCE;
    private @Nullable RequestHead head;
    private ClientInfo client;
    private boolean requestDone;
    private long waitingSinceNanos;

    ExchangeStateMachine(
            Http1FrontendHandler frontend,
            ListenerContext listener,
            Service.Http service,
            LoopContext loop,
            InetAddress peer) {
        this.frontend = frontend;
        this.listener = listener;
        this.loop = loop;
        String via = loop.environment().via();
        this.clients = new ClientResolver(peer, listener.scheme(), listener::trustedProxies, via);
        this.client = clients.direct();
        this.requestForwarder = new RequestForwarder(loop.environment().allocator(), clients);
        this.record = new ExchangeRecord(listener, loop, client);
        this.downstream = new Downstream(this, frontend, listener, loop, record);
        this.steps = new RequestSteps(this, listener, service, record, via);
        this.responseForwarder = new ResponseForwarder(downstream);
    }

    // ---- Events of the client's side ------------------------------------------------------------------------------

    /** A request has begun. The head stays valid until the exchange is over. */
    void onRequestHead(RequestHead requestHead) {
        if (state instanceof ExchangeState.Idle) {
            begin(requestHead, clients.of(requestHead), !requestHead.hasBody());
            steps.begin(requestHead, client);
        } else {
            illegal("request head");
        }
    }

    private void begin(RequestHead requestHead, ClientInfo sender, boolean done) {
        head = requestHead;
        client = sender;
        requestDone = done;
        record.begin(frontend.headSinceNanos(), sender);
        responseForwarder.begin(requestHead, sender);
        loop.environment().drainState().exchangeBegan();
    }

    /** A piece of the body; owns it. */
    void onRequestBody(ByteBuf piece) {
        record.bytesIn += piece.readableBytes();
        switch (state) {
            case ExchangeState.Forwarding forwarding -> requestForwarder.body(forwarding.upstream(), piece, frontend);
            case ExchangeState.Tunnelling tunnelling -> requestForwarder.body(tunnelling.upstream(), piece, frontend);
            case ExchangeState.Collecting collecting -> {
                if (!collecting.call().collect(piece)) {
                    bodyTooLarge(collecting.call());
                }
            }
            case ExchangeState.Closing _, ExchangeState.Closed _ -> piece.release();
            default -> {
                piece.release();
                illegal("request body");
            }
        }
    }

    /**
     * Asked once for a large body of known length: a pipe past this process to the upstream, or null where it has to come by
     * {@link #onRequestBody}. The caller owns it, and passes what it holds to {@link #onRequestSpliced}.
     */
    @Nullable
    SplicePipe onLargeBody(Channel source) {
        return state instanceof ExchangeState.Forwarding forwarding
                        && forwarding.upstream().isSending()
                ? forwarding.upstream().pipeFrom(source)
                : null;
    }

    /** A piece of the body is in the pipe; writes and flushes it, and owns it. */
    ChannelFuture onRequestSpliced(FileRegion contents) {
        if (!(state instanceof ExchangeState.Forwarding forwarding)) {
            contents.release();
            throw new IllegalStateException("a body spliced in state " + state);
        }
        record.bytesIn += contents.count();
        return requestForwarder.spliced(forwarding.upstream(), contents);
    }

    /** The request is whole. */
    void onRequestEnd(@Nullable TrailerSection trailers) {
        requestDone = true;
        switch (state) {
            case ExchangeState.Forwarding forwarding -> requestForwarder.end(forwarding.upstream(), trailers);
            case ExchangeState.Collecting collecting -> handle(collecting.call());
            case ExchangeState.Closing _, ExchangeState.Closed _ -> {}
            default -> illegal("request end");
        }
    }

    /** All that was read from the client in one go has been seen: the time to flush. */
    void onDownstreamReadComplete() {
        Http1BackendHandler upstream = upstream();
        if (upstream != null) {
            upstream.writer().flush();
        }
        frontend.writer().flush();
    }

    /** The request broke a rule; {@code brokenHead} is its head where it has one, whole or not. */
    void onRequestViolation(HttpViolation violation, @Nullable RequestHead brokenHead) {
        switch (state) {
            case ExchangeState.Idle _ -> refuseUnread(violation.type(), violation.rule(), brokenHead);
            case ExchangeState.Closing _, ExchangeState.Closed _ -> {}
            default -> fail(violation.type(), violation.rule());
        }
    }

    /** The head did not come in time; null where not a byte of it did. */
    void onRequestHeadTimeout(@Nullable RequestHead unfinished) {
        refuseUnread(ErrorType.REQUEST_TIMEOUT, "The header fields did not arrive in time.", unfinished);
    }

    /** The body came too slowly. */
    void onRequestBodyTimeout() {
        fail(ErrorType.REQUEST_TIMEOUT, "The body arrived too slowly.");
    }

    /** A beat while nothing is read: whoever was asked for a decision or an answer must give it in time. */
    void onTick(long nowNanos) {
        boolean waiting = state instanceof ExchangeState.Deciding || state instanceof ExchangeState.Handling;
        long limit = loop.environment().settings().upstream().response().toNanos();
        if (waiting && nowNanos - waitingSinceNanos > limit) {
            fail(ErrorType.HTTP_RESPONSE_TIMEOUT, "");
            flushUnlessReading();
        }
        if (state instanceof ExchangeState.Streaming(StreamedAnswer answer)) {
            answer.onTick(nowNanos);
        }
    }

    /** Whether the client rightly holds its body back: until a 100 comes, or for good. */
    boolean awaitsContinue() {
        // RFC 9110 section 10.1.1: whoever got a final answer instead of a 100 need not send the body at all.
        return state instanceof ExchangeState.Forwarding forwarding
                && (forwarding.upstream().owesContinue()
                        || (responseForwarder.hasStarted() && current().expectsContinue() && record.bytesIn == 0));
    }

    /** The client has not taken a byte for too long. */
    void onDownstreamStalled() {
        cut(ErrorType.DOWNSTREAM_CLOSED, "the client stopped reading");
    }

    void onDownstreamWritability(boolean writable) {
        Http1BackendHandler upstream = upstream();
        if (upstream != null) {
            upstream.allowReads(writable);
        }
        // Not from here: this may be in the middle of somebody's write.
        if (writable && state instanceof ExchangeState.Streaming(StreamedAnswer answer)) {
            loop.eventLoop().execute(() -> onProgress(answer));
        }
    }

    /** Nothing has moved on a WebSocket for too long. */
    void onTunnelIdle() {
        cut(ErrorType.CONNECTION_READ_TIMEOUT, "the WebSocket was idle for too long");
    }

    /** Bytes of bodies that the present exchange has moved, both ways. */
    long bytesMoved() {
        return record.bytesIn + record.bytesOut;
    }

    /** The client's connection is gone. */
    void onDownstreamClosed() {
        if (state instanceof ExchangeState.Tunnelling tunnelling) {
            // The way in which WebSockets end.
            tunnelling.upstream().endTunnel();
            finish();
        } else if (state instanceof ExchangeState.Streaming(StreamedAnswer answer) && answer.isEndless()) {
            answer.close();
            finish();
        } else {
            endUpstream();
            abandon(ErrorType.DOWNSTREAM_CLOSED, "the client closed the connection");
        }
        state = ExchangeState.Closed.INSTANCE;
    }

    /** Some code threw while the client's bytes were being taken: what was in its hands is lost, so this one is the last. */
    void onUnexpected(Throwable cause) {
        requestDone = false;
        onDefect("unexpected exception on a client's connection", cause);
    }

    /** Something that must not happen did: a 500 where the response has not begun, a cut where it has. */
    @Override
    public void onDefect(String what, @Nullable Throwable defect) {
        LOG.atError().addKeyValue("route", record.route).setCause(defect).log(what);
        if (head != null) {
            try {
                fail(ErrorType.PROXY_INTERNAL_ERROR, "", what);
            } catch (Throwable again) {
                // No memory for an answer, say: the end of the connection needs none.
                LOG.atError().setCause(again).log("no answer to a defect");
                cut(ErrorType.PROXY_INTERNAL_ERROR, what);
            }
        } else if (!(state instanceof ExchangeState.Closed)) {
            cut(ErrorType.PROXY_INTERNAL_ERROR, what);
        }
        flushUnlessReading();
    }

    // ---- The decision ---------------------------------------------------------------------------------------------

    /** Called by {@link RequestSteps}: what to do with the request. */
    void onDecision(RouteDecision decision) {
        switch (decision) {
            case Forward forward -> {
                record.route = forward.target().route();
                responseForwarder.from(forward.target());
                forward(forward);
            }
            case RouteDecision.Answer answer -> {
                record.route = answer.route();
                answer(answer.response());
            }
            case RouteDecision.Gather gather -> {
                record.route = gather.route();
                if (requestDone) {
                    stream(new GatherResponse(downstream, gather, current(), this::sendPart, mayKeepAlive()));
                } else {
                    fail(ErrorType.REQUEST_BODY_TOO_LARGE, "This is asked for without a body.");
                }
            }
            case RouteDecision.Events events -> {
                record.route = events.route();
                stream(new EventResponse(downstream, events.stream(), current(), mayKeepAlive()));
            }
            case RouteDecision.Refuse refuse -> {
                record.route = refuse.route();
                LocalResponse refusal = LocalAnswers.refusal(current(), refuse, requestId());
                answerInstead(refuse.error(), refuse.detail(), refusal);
            }
            case Handle handle -> {
                record.route = handle.route();
                local(new LocalCall(this, loop, current(), record.principal, handle));
            }
            case RouteDecision.Deferred _ -> illegal("deferred decision");
        }
    }

    /** Goes on with {@code next} when the answer is there, unless the exchange has ended meanwhile. */
    <T> void await(CompletionStage<T> answer, Consumer<T> next) {
        ExchangeState.Deciding deciding = ExchangeState.Deciding.anew();
        state = deciding;
        waitingSinceNanos = loop.nanoTime();
        answer.whenComplete((value, failure) -> loop.eventLoop().execute(() -> {
            if (state.equals(deciding)) {
                try {
                    next.accept(Objects.requireNonNull(value));
                } catch (RuntimeException defect) {
                    onDefect("a decision failed", failure == null ? defect : failure);
                }
                flushUnlessReading();
            }
        }));
    }

    // ---- Local answers --------------------------------------------------------------------------------------------

    private void local(LocalCall call) {
        if (requestDone) {
            handle(call);
        } else if (!call.mayFit()) {
            bodyTooLarge(call);
        } else {
            state = new ExchangeState.Collecting(call);
            call.askForBody(frontend);
        }
    }

    private void bodyTooLarge(LocalCall call) {
        fail(ErrorType.REQUEST_BODY_TOO_LARGE, call.limitInWords());
    }

    private void handle(LocalCall call) {
        state = new ExchangeState.Handling(call);
        waitingSinceNanos = loop.nanoTime();
        call.run();
    }

    /** Called by the local handler's side, on the event loop; may come after the exchange has ended. */
    void onLocalAnswer(LocalCall call, @Nullable LocalResponse response, @Nullable Throwable failure) {
        if (!(state instanceof ExchangeState.Handling handling) || handling.call() != call) {
            return;
        }
        if (response != null) {
            answer(response);
        } else {
            onDefect("a local handler failed", failure);
        }
        flushUnlessReading();
    }

    /** Answers the request with a response of ours; the body of the request is not read any further. */
    private void answer(LocalResponse bare) {
        LocalResponse response = LocalAnswers.with(listener.boundary(), current(), bare);
        record.status = response.status();
        if (current().method() != Method.HEAD) {
            record.bytesOut = response.body().length;
        }
        boolean keepAlive = mayKeepAlive();
        ByteBuf out = frontend.writer().begin(LocalAnswers.size(response));
        LocalAnswers.write(response, current(), keepAlive, LocalAnswers.WALL_CLOCK, out);
        exchangeOver(keepAlive);
    }

    /** Answers with what comes bit by bit. */
    private void stream(StreamedAnswer answer) {
        state = new ExchangeState.Streaming(answer);
        answer.open();
    }

    private void sendPart(Http1BackendHandler to, Forward forward) {
        requestForwarder.head(to, current(), client, record.principal, forward, listener.boundary(), record.requestId);
    }

    /** There may be more of an answer, or room for it; may come after the exchange has ended. */
    void onProgress(StreamedAnswer answer) {
        if (!(state instanceof ExchangeState.Streaming streaming) || streaming.answer() != answer) {
            return;
        }
        try {
            if (answer.proceed()) {
                answer.close();
                answer.end();
                frontend.writer().flush();
                exchangeOver(answer.keepsAlive() && !loop.environment().endsConnections());
            }
        } catch (HttpViolation notWhole) {
            fail(notWhole.type(), "", notWhole.rule());
        } catch (RuntimeException defect) {
            onDefect("an answer could not go on", defect);
        }
        flushUnlessReading();
    }

    /** A violation before a request could begin: answered, logged, and the connection ends. */
    private void refuseUnread(ErrorType error, String detail, @Nullable RequestHead broken) {
        if (broken == null) {
            cut(error, detail);
        } else {
            begin(broken, clients.direct(), false);
            fail(error, detail);
        }
    }

    // ---- Forwarding -----------------------------------------------------------------------------------------------

    private void forward(Forward forward) {
        UpstreamAttempts attempts = new UpstreamAttempts(loop, forward.target(), this);
        state = new ExchangeState.Connecting(forward, attempts);
        attempts.begin();
    }

    @Override
    public void onAttempt(Upstream upstream, int number) {
        if (state
                instanceof
                ExchangeState.Forwarding(Forward forward, UpstreamAttempts attempts, Http1BackendHandler _)) {
            state = new ExchangeState.Connecting(forward, attempts);
        }
        if (number > 1) {
            loop.environment().metrics().upstreamRoute(record.route).retry();
        }
        record.upstream = upstream;
        record.attempts = number;
        record.upstreamStartNanos = loop.nanoTime();
    }

    @Override
    public void onConnected(Http1BackendHandler upstream) {
        if (state instanceof ExchangeState.Connecting(Forward forward, UpstreamAttempts attempts)) {
            state = new ExchangeState.Forwarding(forward, attempts, upstream);
            send(forward, upstream);
        } else {
            upstream.release();
            illegal("connected");
        }
    }

    private void send(Forward forward, Http1BackendHandler upstream) {
        RequestHead request = current();
        if (request.opensWebSocket()) {
            upstream.beginWebSocket(responseForwarder);
        } else {
            upstream.begin(responseForwarder, request.method());
        }
        upstream.waitsAtMost(forward.target().patienceNanos());
        requestForwarder.head(
                upstream, request, client, record.principal, forward, listener.boundary(), record.requestId);
        if (requestDone) {
            requestForwarder.end(upstream, null);
        } else {
            if (request.expectsContinue()) {
                upstream.awaitContinue();
            }
            frontend.readBody();
        }
        if (!frontend.isInReadLoop() && state instanceof ExchangeState.Forwarding) {
            upstream.writer().flush();
        }
    }

    @Override
    public void onUnreachable(ErrorType error, String detail) {
        if (state instanceof ExchangeState.Connecting connecting) {
            noResponse(connecting.forward(), error, detail);
            flushUnlessReading();
        } else {
            illegal("unreachable");
        }
    }

    /** Called by the response's side: the client has been told that its connection is a WebSocket now. */
    void onWebSocket() {
        if (!(state instanceof ExchangeState.Forwarding forwarding)) {
            illegal("WebSocket");
            return;
        }
        forwarding.attempts().answered(record.status);
        state = new ExchangeState.Tunnelling(forwarding.upstream());
        requestForwarder.tunnel();
        frontend.tunnel();
    }

    /** Called by the response's side: the upstream's response has been passed on whole. */
    void onResponseEnd() {
        if (state instanceof ExchangeState.Tunnelling tunnelling) {
            record.upstreamEnded();
            tunnelling.upstream().close();
            exchangeOver(false);
            return;
        }
        if (!(state instanceof ExchangeState.Forwarding forwarding)) {
            illegal("response end");
            return;
        }
        record.upstreamEnded();
        forwarding.attempts().answered(record.status);
        // The upstream connection may have another listener soon, so nobody else will flush; and until then what the
        // flush does to the client's writability must not reach a connection that is no longer ours.
        frontend.writer().flush();
        if (requestDone) {
            forwarding.upstream().release();
        } else {
            forwarding.upstream().close();
        }
        exchangeOver(requestDone && responseForwarder.keepsAlive());
    }

    /** Called by the response's side: there will be no more of a response. */
    void onUpstreamFailed(ErrorType error, String detail, boolean untouched) {
        if (state instanceof ExchangeState.Tunnelling) {
            cut(error, detail);
            return;
        }
        if (!(state instanceof ExchangeState.Forwarding forwarding)) {
            illegal("upstream failed");
            return;
        }
        boolean repeatable = RequestForwarder.mayRepeat(current());
        if (!forwarding.attempts().failed(forwarding.upstream(), error, untouched, repeatable)) {
            noResponse(forwarding.forward(), error, detail);
            flushUnlessReading();
        }
    }

    /**
     * Called by the response's side, which has passed nothing on: whatever stands before the upstream says that it is down, and
     * the target's fallback answers instead. What is left of the response is not read.
     */
    void onGatewayError(int status) {
        if (!(state instanceof ExchangeState.Forwarding forwarding)) {
            illegal("gateway error");
            return;
        }
        forwarding.attempts().answered(status);
        noResponse(forwarding.forward(), ErrorType.DESTINATION_UNAVAILABLE, "the upstream answered " + status);
        flushUnlessReading();
    }

    /** Whether the client's connection may live on, as far as the request and this process are concerned. */
    boolean mayKeepAlive() {
        return requestDone
                && current().keepsAlive()
                && !hasWrittenAhead()
                && !loop.environment().endsConnections();
    }

    /**
     * Whether the client asked for another protocol and did not wait for the answer: what it sent belongs to that protocol,
     * and must not be taken for a request where the answer is no.
     */
    private boolean hasWrittenAhead() {
        return current().hasUpgrade() && frontend.hasMore();
    }

    /** The connection to the upstream, while there is one. */
    private @Nullable Http1BackendHandler upstream() {
        return switch (state) {
            case ExchangeState.Forwarding forwarding -> forwarding.upstream();
            case ExchangeState.Tunnelling tunnelling -> tunnelling.upstream();
            default -> null;
        };
    }

    private void endUpstream() {
        switch (state) {
            case ExchangeState.Tunnelling tunnelling -> tunnelling.upstream().close();
            case ExchangeState.Connecting connecting -> connecting.attempts().cancel();
            case ExchangeState.Forwarding forwarding -> forwarding.upstream().close();
            case ExchangeState.Collecting collecting -> collecting.call().release();
            case ExchangeState.Streaming(StreamedAnswer answer) -> answer.close();
            default -> {}
        }
    }

    // ---- Ends -----------------------------------------------------------------------------------------------------

    private void fail(ErrorType error, String detail) {
        fail(error, detail, detail);
    }

    /**
     * The exchange cannot go on: an error of ours where that is still possible, a visible cut where it is not.
     *
     * @param told what the client reads besides the error's own sentence
     * @param logged what the access log says
     */
    private void fail(ErrorType error, String told, String logged) {
        if (hasStarted()) {
            cut(error, logged);
            return;
        }
        answerInstead(error, logged, LocalAnswers.error(current(), error, told, requestId()));
    }

    /** The upstream gave no response, or not all of it. */
    private void noResponse(Forward forward, ErrorType error, String detail) {
        try {
            Fallback fallback =
                    responseForwarder.hasStarted() ? null : forward.target().fallback();
            LocalResponse instead = fallback == null ? null : fallback.answer(current(), error);
            if (instead == null) {
                fail(error, "", detail);
            } else {
                answerInstead(error, detail, LocalAnswers.despite(instead, error, requestId()));
            }
        } catch (Throwable defect) {
            // Nobody else would end this exchange: the upstream's side is over.
            onDefect("a missing response could not be answered", defect);
        }
    }

    private void answerInstead(ErrorType error, String logged, LocalResponse response) {
        endUpstream();
        state = ExchangeState.Deciding.anew();
        record.error = error;
        record.detail = logged.isEmpty() ? null : logged;
        answer(response);
    }

    /** Whether the client has seen anything of a response that is not over. */
    private boolean hasStarted() {
        return responseForwarder.hasStarted()
                || (state instanceof ExchangeState.Streaming(StreamedAnswer answer) && answer.hasBegun());
    }

    private String requestId() {
        return RequestIds.text(current(), record.requestId);
    }

    /** Ends everything at once, so that the client sees that what it got is not whole. */
    private void cut(ErrorType error, String detail) {
        endUpstream();
        abandon(error, detail);
        state = ExchangeState.Closing.INSTANCE;
        frontend.abort();
    }

    /** Ends the exchange, if there is one, without an answer. */
    private void abandon(ErrorType error, String detail) {
        if (head != null) {
            if (!hasStarted()) {
                record.status = error.status();
            }
            record.error = error;
            record.detail = detail;
            finish();
        }
    }

    private void exchangeOver(boolean keepAlive) {
        // A client that did not ask for the end may have more under way: a reset would take the response from it.
        boolean clientMaySend = !requestDone || current().keepsAlive();
        boolean goesOn = keepAlive && !hasWrittenAhead();
        finish();
        if (goesOn) {
            state = ExchangeState.Idle.INSTANCE;
            frontend.pauseForUpstream(false);
            frontend.nextRequest();
        } else {
            state = ExchangeState.Closing.INSTANCE;
            frontend.closeGracefully(clientMaySend);
        }
    }

    /** Writes the access log and counts; once per exchange. */
    private void finish() {
        RequestHead ended = head;
        if (ended != null) {
            head = null;
            loop.environment().drainState().exchangeEnded();
            record.end(ended);
            responseForwarder.close();
        }
    }

    /** An answer that did not begin with bytes from the client has to be flushed by hand. */
    private void flushUnlessReading() {
        if (!frontend.isInReadLoop()) {
            frontend.writer().flush();
        }
    }

    private void illegal(String event) {
        String name = state.getClass().getSimpleName();
        LOG.atError().addKeyValue("state", name).addKeyValue("event", event).log("illegal event; closing");
        cut(ErrorType.PROXY_INTERNAL_ERROR, event + " in state " + name);
    }

    private RequestHead current() {
        RequestHead request = head;
        if (request == null) {
            throw new IllegalStateException("no request in state " + state);
        }
        return request;
    }
}
