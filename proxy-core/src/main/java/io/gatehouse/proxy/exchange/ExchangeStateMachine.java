// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.exchange;

import io.gatehouse.proxy.Authenticator;
import io.gatehouse.proxy.ErrorType;
import io.gatehouse.proxy.LocalRequest;
import io.gatehouse.proxy.LocalResponse;
import io.gatehouse.proxy.RouteDecision;
import io.gatehouse.proxy.RouteDecision.Forward;
import io.gatehouse.proxy.RouteDecision.Handle;
import io.gatehouse.proxy.http1.HeaderName;
import io.gatehouse.proxy.http1.HttpViolation;
import io.gatehouse.proxy.http1.Method;
import io.gatehouse.proxy.http1.RequestHead;
import io.gatehouse.proxy.http1.TrailerSection;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
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
 *   Idle ───────────────► (guard, authenticator, router) ──later──► Deciding ──┐
 *    ▲                         │            │         │                        │
 *    │                      Forward       Handle   Answer, Refuse ◄────────────┘
 *    │                         ▼            ▼         │
 *    │                    Connecting    Collecting    │
 *    │   {@link #onConnected} │   ▲ retry    │ {@link #onRequestEnd}
 *    │                         ▼   │        ▼         │
 *    │                    Forwarding     Handling     │
 *    │  {@link #onResponseEnd} │            │         │
 *    └─────────────────────────┴────────────┴─────────┴──► Closing ──► Closed
 *                     response out, connection kept   or not     {@link #onDownstreamClosed}
 * </pre>
 *
 * <p><b>Back-pressure.</b> A client that does not read stops the reads from its upstream. An upstream that does not read
 * stops the reads from its client. Nothing is read from a client while nobody is ready for its body.
 *
 * <p>An event that the state does not allow is a defect: it is logged as ERROR with the state and ends the connection.
 */
final class ExchangeStateMachine implements UpstreamPool.Waiter {
    private static final Logger LOG = LoggerFactory.getLogger(ExchangeStateMachine.class);
    private static final int MAX_ATTEMPTS = 2;

    private final Http1FrontendHandler frontend;
    private final ListenerContext listener;
    private final LoopContext loop;
    private final InetAddress peer;
    private final byte[] connectionFields;
    private final ExchangeRecord record;
    private final RequestForwarder requestForwarder = new RequestForwarder();
    private final ResponseForwarder responseForwarder;
    private ExchangeState state = ExchangeState.Idle.INSTANCE;
    private @Nullable RequestHead head;
    private boolean requestDone;
    private boolean hadExchange;

    ExchangeStateMachine(Http1FrontendHandler frontend, ListenerContext listener, LoopContext loop, InetAddress peer) {
        this.frontend = frontend;
        this.listener = listener;
        this.loop = loop;
        this.peer = peer;
        String address = peer.getHostAddress();
        this.connectionFields = UpstreamRequestHead.connectionFields(
                address, "http", loop.environment().via());
        this.record = new ExchangeRecord(listener, loop, address.getBytes(StandardCharsets.US_ASCII));
        this.responseForwarder = new ResponseForwarder(this, frontend, loop, record);
    }

    // ---- Events of the client's side ------------------------------------------------------------------------------

    /** A request has begun. The head stays valid until the exchange is over. */
    void onRequestHead(RequestHead requestHead) {
        if (!(state instanceof ExchangeState.Idle)) {
            illegal("request head");
            return;
        }
        head = requestHead;
        hadExchange = true;
        requestDone = !requestHead.hasBody();
        record.begin();
        responseForwarder.begin(requestHead);
        loop.environment().drainState().exchangeBegan();
        if (requestHead.method() == Method.TRACE) {
            fail(ErrorType.METHOD_NOT_ALLOWED, "TRACE is not served: it would show a client its own credentials.");
        } else if (requestHead.isAsterisk()) {
            answer(LocalResponse.empty(204).with("Allow", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"));
        } else if (Via.isLoop(requestHead, loop.environment().via())) {
            fail(ErrorType.PROXY_LOOP_DETECTED, "Check the addresses of the upstreams in the configuration.");
        } else {
            authenticated(listener.authenticator().authenticate(requestHead, peer));
        }
    }

    /** A piece of the body; owns it. */
    void onRequestBody(ByteBuf piece) {
        record.bytesIn += piece.readableBytes();
        switch (state) {
            case ExchangeState.Forwarding forwarding -> requestForwarder.body(forwarding.upstream(), piece, frontend);
            case ExchangeState.Collecting collecting -> collect(collecting, piece);
            case ExchangeState.Closing closing -> piece.release();
            case ExchangeState.Closed closed -> piece.release();
            default -> {
                piece.release();
                illegal("request body");
            }
        }
    }

    /** The request is whole. */
    void onRequestEnd(@Nullable TrailerSection trailers) {
        requestDone = true;
        switch (state) {
            case ExchangeState.Forwarding forwarding -> requestForwarder.end(forwarding.upstream(), trailers);
            case ExchangeState.Collecting collecting -> {
                byte[] body = ByteBufUtil.getBytes(collecting.body());
                collecting.body().release();
                handle(collecting.handle(), body);
            }
            case ExchangeState.Closing closing -> {}
            case ExchangeState.Closed closed -> {}
            default -> illegal("request end");
        }
    }

    /** All that was read from the client in one go has been seen: the time to flush. */
    void onDownstreamReadComplete() {
        if (state instanceof ExchangeState.Forwarding forwarding) {
            forwarding.upstream().writer().flush();
        }
        frontend.writer().flush();
    }

    /** The request broke a rule; {@code brokenHead} is its head where it has one, whole or not. */
    void onRequestViolation(HttpViolation violation, @Nullable RequestHead brokenHead) {
        if (state instanceof ExchangeState.Idle) {
            refuseUnread(violation.type(), violation.rule(), brokenHead);
        } else if (!(state instanceof ExchangeState.Closing)) {
            fail(violation.type(), violation.rule());
        }
    }

    /** The head did not come in time; null where not a byte of it did. */
    void onRequestHeadTimeout(@Nullable RequestHead unfinished) {
        if (unfinished == null) {
            state = ExchangeState.Closing.INSTANCE;
            frontend.abort();
        } else {
            refuseUnread(ErrorType.REQUEST_TIMEOUT, "The header fields did not arrive in time.", unfinished);
        }
    }

    /** The body came too slowly. */
    void onRequestBodyTimeout() {
        fail(ErrorType.REQUEST_TIMEOUT, "The body arrived too slowly.");
    }

    /** The client has not taken a byte for too long. */
    void onDownstreamStalled() {
        endUpstream();
        record.error = ErrorType.DOWNSTREAM_CLOSED;
        record.detail = "the client stopped reading";
        finish();
        state = ExchangeState.Closing.INSTANCE;
        frontend.abort();
    }

    void onDownstreamWritability(boolean writable) {
        if (state instanceof ExchangeState.Forwarding forwarding) {
            if (writable) {
                forwarding.upstream().resumeReads();
            } else {
                forwarding.upstream().pauseReads();
            }
        }
    }

    /** The client's connection is gone. */
    void onDownstreamClosed() {
        endUpstream();
        if (head != null) {
            if (!responseForwarder.hasStarted()) {
                record.status = ErrorType.DOWNSTREAM_CLOSED.status();
            }
            record.error = ErrorType.DOWNSTREAM_CLOSED;
            finish();
        }
        responseForwarder.close();
        state = ExchangeState.Closed.INSTANCE;
    }

    /** Whether the connection has carried a request before. */
    boolean hadExchange() {
        return hadExchange;
    }

    // ---- Steps on the way to a decision ---------------------------------------------------------------------------

    private void authenticated(Authenticator.Decision decision) {
        switch (decision) {
            case Authenticator.Decision.Granted granted -> {
                record.principal = granted.principal();
                routed(listener.router().route(current(), granted.principal()));
            }
            case Authenticator.Decision.Denied denied -> answer(denied.response());
            case Authenticator.Decision.Deferred deferred -> await(deferred.decision(), this::authenticated);
        }
    }

    private void routed(RouteDecision decision) {
        switch (decision) {
            case Forward forward -> {
                record.route = forward.target().route();
                record.upstream = forward.target().upstream();
                responseForwarder.from(forward.target());
                connect(forward, 1);
            }
            case RouteDecision.Answer answer -> {
                record.route = answer.route();
                answer(answer.response());
            }
            case RouteDecision.Refuse refuse -> {
                record.route = refuse.route();
                fail(refuse.error(), refuse.detail());
            }
            case Handle handle -> {
                record.route = handle.route();
                if (requestDone) {
                    handle(handle, new byte[0]);
                } else {
                    collectBody(handle);
                }
            }
            case RouteDecision.Deferred deferred -> await(deferred.decision(), this::routed);
        }
    }

    /** Goes on with {@code next} when the answer is there, unless the exchange has ended meanwhile. */
    private <T> void await(CompletionStage<T> answer, Consumer<T> next) {
        ExchangeState.Deciding deciding = ExchangeState.Deciding.anew();
        state = deciding;
        answer.whenComplete((value, failure) -> loop.eventLoop().execute(() -> {
            if (!state.equals(deciding)) {
                return;
            }
            if (failure == null) {
                next.accept(value);
            } else {
                internalError("a decision failed", failure);
            }
            if (!(state instanceof ExchangeState.Deciding)) {
                flushUnlessReading();
            }
        }));
    }

    // ---- Local answers --------------------------------------------------------------------------------------------

    private void collectBody(Handle handle) {
        if (current().contentLength() > handle.maxBody()) {
            fail(ErrorType.REQUEST_BODY_TOO_LARGE, "At most " + handle.maxBody() + " bytes are taken here.");
            return;
        }
        state = new ExchangeState.Collecting(
                handle, loop.environment().allocator().heapBuffer());
        if (current().expectsContinue()) {
            ByteBufUtil.writeAscii(frontend.writer().begin(64), "HTTP/1.1 100 Continue\r\n\r\n");
            frontend.writer().flush();
        }
        frontend.readBody();
    }

    private void collect(ExchangeState.Collecting collecting, ByteBuf piece) {
        int maxBody = collecting.handle().maxBody();
        boolean fits = collecting.body().readableBytes() + piece.readableBytes() <= maxBody;
        if (fits) {
            collecting.body().writeBytes(piece);
        }
        piece.release();
        if (!fits) {
            collecting.body().release();
            state = ExchangeState.Deciding.anew();
            fail(ErrorType.REQUEST_BODY_TOO_LARGE, "At most " + maxBody + " bytes are taken here.");
        }
    }

    private void handle(Handle handle, byte[] body) {
        RequestHead request = current();
        String accept = request.value(HeaderName.ACCEPT);
        LocalRequest local = new LocalRequest(
                request.method(),
                request.path(),
                request.query(),
                accept == null ? "" : accept,
                record.principal,
                body);
        ExchangeState.Handling handling = new ExchangeState.Handling(new Object());
        state = handling;
        CompletionStage<LocalResponse> answer;
        try {
            answer = handle.handler().handle(local);
        } catch (RuntimeException defect) {
            internalError("a local handler failed", defect);
            return;
        }
        answer.whenComplete((response, failure) -> {
            if (loop.eventLoop().inEventLoop()) {
                handled(handling, response, failure);
            } else {
                loop.eventLoop().execute(() -> handled(handling, response, failure));
            }
        });
    }

    private void handled(
            ExchangeState.Handling handling, @Nullable LocalResponse response, @Nullable Throwable failure) {
        if (!state.equals(handling)) {
            return;
        }
        if (response != null) {
            answer(response);
        } else {
            internalError("a local handler failed", failure);
        }
        flushUnlessReading();
    }

    private void internalError(String what, @Nullable Throwable failure) {
        LOG.atError().addKeyValue("route", record.route).setCause(failure).log(what);
        fail(ErrorType.PROXY_INTERNAL_ERROR, "");
    }

    /** Answers the request with a response of ours; the body of the request is not read any further. */
    private void answer(LocalResponse response) {
        record.status = response.status();
        if (current().method() != Method.HEAD) {
            record.bytesOut = response.body().length;
        }
        boolean keepAlive = requestDone && mayKeepAlive();
        ByteBuf out = frontend.writer().begin(LocalAnswers.size(response));
        LocalAnswers.write(response, current(), keepAlive, Clock.systemUTC(), out);
        exchangeOver(keepAlive);
    }

    /** A violation before a request could begin: answered, logged, and the connection ends. */
    private void refuseUnread(ErrorType error, String detail, @Nullable RequestHead broken) {
        if (broken == null) {
            frontend.abort();
            return;
        }
        head = broken;
        requestDone = false;
        record.begin();
        responseForwarder.begin(broken);
        loop.environment().drainState().exchangeBegan();
        fail(error, detail);
    }

    // ---- Forwarding -----------------------------------------------------------------------------------------------

    private void connect(Forward forward, int attempt) {
        record.attempts = attempt;
        record.upstreamStartNanos = loop.nanoTime();
        UpstreamPool.Ticket ticket = loop.upstreamPool().ticket(this);
        // The pool may answer before it returns.
        state = new ExchangeState.Connecting(forward, attempt, ticket);
        loop.upstreamPool().acquire(forward.target().upstream(), ticket);
    }

    @Override
    public void onConnected(Http1BackendHandler upstream) {
        if (!(state instanceof ExchangeState.Connecting connecting)) {
            upstream.release();
            illegal("connected");
            return;
        }
        state = new ExchangeState.Forwarding(connecting.forward(), connecting.attempt(), upstream);
        RequestHead request = current();
        upstream.begin(responseForwarder, request.method());
        requestForwarder.head(upstream, request, connecting.forward(), connectionFields, record.requestId);
        if (requestDone) {
            requestForwarder.end(upstream, null);
        } else {
            frontend.readBody();
        }
        if (!frontend.isInReadLoop() && state instanceof ExchangeState.Forwarding) {
            upstream.writer().flush();
        }
    }

    @Override
    public void onConnectFailed(ErrorType error, String detail) {
        if (state instanceof ExchangeState.Connecting) {
            fail(error, "");
            record.detail = detail;
            flushUnlessReading();
        } else {
            illegal("connect failed");
        }
    }

    /** Called by the response's side: the upstream's response has been passed on whole. */
    void onResponseEnd() {
        if (!(state instanceof ExchangeState.Forwarding forwarding)) {
            illegal("response end");
            return;
        }
        record.upstreamNanos = loop.nanoTime() - record.upstreamStartNanos;
        if (requestDone) {
            forwarding.upstream().release();
        } else {
            forwarding.upstream().close();
        }
        // The upstream connection may have another listener by now, so nobody else will flush.
        frontend.writer().flush();
        exchangeOver(requestDone && responseForwarder.keepsAlive());
    }

    /** Called by the response's side: there will be no more of a response. */
    void onUpstreamFailed(ErrorType error, String detail, boolean untouched) {
        if (!(state instanceof ExchangeState.Forwarding forwarding)) {
            illegal("upstream failed");
            return;
        }
        Method method = current().method();
        boolean repeatable =
                (method == Method.GET || method == Method.HEAD) && !current().hasBody();
        if (error == ErrorType.CONNECTION_TERMINATED
                && untouched
                && repeatable
                && forwarding.upstream().isReused()
                && forwarding.attempt() < MAX_ATTEMPTS) {
            // A kept connection that the upstream closed while our request was on its way to it.
            loop.environment().metrics().upstreamRoute(record.route).retry();
            loop.upstreamPool().discardIdle(forwarding.upstream().upstream());
            connect(forwarding.forward(), forwarding.attempt() + 1);
            return;
        }
        record.upstreamNanos = loop.nanoTime() - record.upstreamStartNanos;
        state = ExchangeState.Deciding.anew();
        fail(error, "");
        record.detail = detail;
        flushUnlessReading();
    }

    /** Called by the response's side when the upstream takes no more bytes, or takes them again. */
    void onUpstreamWritability(boolean writable) {
        frontend.pauseForUpstream(!writable);
    }

    /** Whether the client's connection may live on, as far as the request and this process are concerned. */
    boolean mayKeepAlive() {
        return current().keepsAlive() && !loop.environment().drainState().isDraining();
    }

    boolean isRequestDone() {
        return requestDone;
    }

    private void endUpstream() {
        switch (state) {
            case ExchangeState.Connecting connecting -> connecting.ticket().cancel();
            case ExchangeState.Forwarding forwarding -> forwarding.upstream().close();
            case ExchangeState.Collecting collecting -> collecting.body().release();
            default -> {}
        }
    }

    // ---- Ends -----------------------------------------------------------------------------------------------------

    /** The exchange cannot go on: an error of ours where that is still possible, a visible cut where it is not. */
    private void fail(ErrorType error, String detail) {
        endUpstream();
        record.error = error;
        record.detail = detail;
        if (responseForwarder.hasStarted()) {
            finish();
            state = ExchangeState.Closing.INSTANCE;
            frontend.abort();
        } else {
            state = ExchangeState.Deciding.anew();
            answer(LocalAnswers.error(current(), error, detail, RequestIds.text(current(), record.requestId)));
        }
    }

    private void exchangeOver(boolean keepAlive) {
        boolean clientMaySend = !requestDone;
        finish();
        if (keepAlive) {
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
            record.end(ended);
            responseForwarder.close();
            loop.environment().drainState().exchangeEnded();
        }
    }

    /** An answer that did not begin with bytes from the client has to be flushed by hand. */
    private void flushUnlessReading() {
        if (!frontend.isInReadLoop()) {
            frontend.writer().flush();
        }
    }

    private void illegal(String event) {
        LOG.atError()
                .addKeyValue("state", state.getClass().getSimpleName())
                .addKeyValue("event", event)
                .log("event in a state that does not allow it; closing the connection");
        endUpstream();
        state = ExchangeState.Closing.INSTANCE;
        frontend.abort();
    }

    private RequestHead current() {
        RequestHead request = head;
        if (request == null) {
            throw new IllegalStateException("no request in state " + state);
        }
        return request;
    }
}
