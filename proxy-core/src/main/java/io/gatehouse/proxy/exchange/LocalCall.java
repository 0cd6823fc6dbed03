// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.exchange;

import io.gatehouse.proxy.LocalRequest;
import io.gatehouse.proxy.LocalResponse;
import io.gatehouse.proxy.Principal;
import io.gatehouse.proxy.RouteDecision.Handle;
import io.gatehouse.proxy.http1.HeaderName;
import io.gatehouse.proxy.http1.RequestHead;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * One request to a local handler: the body that is collected for it, the handler's answer when it comes.
 *
 * <p><b>Ownership.</b> Holds what was collected until {@link #run} or {@link #release}.
 */
final class LocalCall {
    private static final String CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n";

    private final ExchangeStateMachine exchange;
    private final LoopContext loop;
    private final RequestHead request;
    private final Principal principal;
    private final Handle handle;
    private @Nullable ByteBuf body;

    LocalCall(
            ExchangeStateMachine exchange, LoopContext loop, RequestHead request, Principal principal, Handle handle) {
        this.exchange = exchange;
        this.loop = loop;
        this.request = request;
        this.principal = principal;
        this.handle = handle;
    }

    /** For whoever sends more. */
    String limitInWords() {
        return "At most " + handle.maxBody() + " bytes are taken here.";
    }

    /** Whether the declared length, if there is one, is within the limit. */
    boolean mayFit() {
        return request.contentLength() <= handle.maxBody();
    }

    /** Lets the client send. */
    void askForBody(Http1FrontendHandler frontend) {
        if (request.expectsContinue()) {
            ByteBufUtil.writeAscii(frontend.writer().begin(CONTINUE.length()), CONTINUE);
            frontend.writer().flush();
        }
        frontend.readBody();
    }

    /** Takes a piece of the body, and owns it; returns whether the limit still holds. */
    boolean collect(ByteBuf piece) {
        ByteBuf collected = body;
        if (collected == null) {
            collected = loop.environment().allocator().heapBuffer();
            body = collected;
        }
        boolean fits = piece.readableBytes() <= handle.maxBody() - collected.readableBytes();
        if (fits) {
            collected.writeBytes(piece);
        }
        piece.release();
        return fits;
    }

    /** Calls the handler; its answer goes to {@link ExchangeStateMachine#onLocalAnswer}, at once or later. */
    void run() {
        String accept = request.value(HeaderName.ACCEPT);
        LocalRequest local = new LocalRequest(
                request.method(),
                request.path(),
                request.query(),
                accept == null ? "" : accept,
                principal,
                body == null ? new byte[0] : ByteBufUtil.getBytes(body));
        release();
        @Nullable CompletionStage<LocalResponse> answer;
        try {
            answer = handle.handler().handle(local);
        } catch (RuntimeException defect) {
            exchange.onLocalAnswer(this, null, defect);
            return;
        }
        if (answer == null) {
            exchange.onLocalAnswer(this, null, null);
            return;
        }
        answer.whenComplete((response, failure) -> {
            if (loop.eventLoop().inEventLoop()) {
                exchange.onLocalAnswer(this, response, failure);
            } else {
                loop.eventLoop().execute(() -> exchange.onLocalAnswer(this, response, failure));
            }
        });
    }

    /** Forgets what was collected. */
    void release() {
        if (body != null) {
            body.release();
            body = null;
        }
    }
}
