// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.exchange;

import io.gatehouse.proxy.BodyFilter;
import io.gatehouse.proxy.Boundary;
import io.gatehouse.proxy.ClientInfo;
import io.gatehouse.proxy.ErrorType;
import io.gatehouse.proxy.ForwardTarget;
import io.gatehouse.proxy.ResponseFilter;
import io.gatehouse.proxy.http1.BodyEncoder;
import io.gatehouse.proxy.http1.HttpViolation;
import io.gatehouse.proxy.http1.Method;
import io.gatehouse.proxy.http1.RequestHead;
import io.gatehouse.proxy.http1.ResponseHead;
import io.gatehouse.proxy.http1.TrailerSection;
import io.gatehouse.proxy.net.SplicePipe;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.FileRegion;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Passes an upstream's response on to the client: head built anew, body framed anew, edited on its way where the route
 * asks for it. One per client connection; reports what matters to the {@link ExchangeStateMachine}.
 */
final class ResponseForwarder implements ResponseListener {
    private static final int INTERIM_SIZE = 256;

    private final ExchangeStateMachine exchange;
    private final Http1FrontendHandler frontend;
    private final ListenerContext listener;
    private final LoopContext loop;
    private final ExchangeRecord record;
    private final BodyEncoder encoder = new BodyEncoder();
    private final Consumer<ByteBuf> bodyWriter = this::writeBody;
    private @Nullable RequestHead request;
    private @Nullable ClientInfo client;
    private @Nullable ForwardTarget target;
    private @Nullable BodyFilter filter;
    private boolean started;
    private boolean keepAlive;

    ResponseForwarder(Downstream downstream) {
        this.exchange = downstream.exchange();
        this.listener = downstream.listener();
        this.frontend = downstream.frontend();
        this.loop = downstream.loop();
        this.record = downstream.record();
    }

    /** A new exchange. The head stays valid until it is over. */
    void begin(RequestHead requestHead, ClientInfo sender) {
        request = requestHead;
        client = sender;
        started = false;
        keepAlive = false;
    }

    /** Where the response will come from; before {@link #onResponseHead}. */
    void from(ForwardTarget forwardTarget) {
        target = forwardTarget;
    }

    /** Whether the client has seen anything of the response. */
    boolean hasStarted() {
        return started;
    }

    /** Whether the response that was passed on leaves the client's connection open. */
    boolean keepsAlive() {
        return keepAlive;
    }

    /** The exchange is over, in whatever way. */
    void close() {
        BodyFilter closing = filter;
        if (closing != null) {
            filter = null;
            closing.close();
        }
    }

    @Override
    public void onInterimResponse(ResponseHead interim) {
        RequestHead head = required(request);
        boolean wanted = head.minorVersion() >= 1 && (interim.status() != 100 || head.expectsContinue());
        if (wanted) {
            DownstreamResponseHead.writeInterim(
                    interim, listener.boundary(), frontend.writer().begin(interim.length() + INTERIM_SIZE));
        }
    }

    @Override
    public void onWebSocket(ResponseHead switching) {
        ByteBuf out = frontend.writer().begin(switching.length() + INTERIM_SIZE);
        started = true;
        record.status = switching.status();
        encoder.begin(BodyEncoder.Framing.IDENTITY);
        DownstreamResponseHead.writeWebSocket(switching, listener.boundary(), out);
        exchange.onWebSocket();
    }

    @Override
    public void onResponseHead(ResponseHead response) {
        RequestHead head = required(request);
        ForwardTarget from = required(target);
        if (from.fallsBackOn(response.status())) {
            exchange.onGatewayError(response.status());
            return;
        }
        BodyEdit edit = filter(from.filter(), head, response);
        BodyEncoder.Framing framing = DownstreamResponseHead.framing(head, response, edit);
        encoder.begin(framing);
        keepAlive = framing != BodyEncoder.Framing.UNTIL_CLOSE && exchange.mayKeepAlive();
        if (framing == BodyEncoder.Framing.UNTIL_CLOSE) {
            frontend.resetUnlessWhole();
        }
        ByteBuf out = frontend.writer().begin(capacity(response, from, listener.boundary(), head));
        // Whatever fails up to here can still be answered with an error of ours.
        started = true;
        record.status = response.status();
        DownstreamResponseHead.write(
                head, required(client), response, from, listener.boundary(), framing, edit, keepAlive, out);
    }

    /** What becomes of the body that this response has, or would have after a GET. */
    private BodyEdit filter(@Nullable ResponseFilter chooser, RequestHead head, ResponseHead response) {
        boolean bodiless = response.isBodiless(head.method());
        // A part of a body is none that could be edited; it comes only unasked.
        if (chooser == null
                || response.status() == 206
                || (bodiless && (head.method() != Method.HEAD || response.isBodiless(Method.GET)))) {
            return BodyEdit.NONE;
        }
        filter = chooser.onResponse(response, head, required(client));
        BodyEdit edit = filter == null ? BodyEdit.NONE : filter.decodes() ? BodyEdit.DECODED : BodyEdit.FILTERED;
        if (bodiless) {
            // An answer to HEAD must not declare the length that the body has before editing.
            close();
        }
        return edit;
    }

    /** Room for the head, and for a body that is small enough to travel with it. */
    private static int capacity(ResponseHead response, ForwardTarget from, Boundary boundary, RequestHead head) {
        int size = DownstreamResponseHead.size(head, response, from, boundary);
        boolean small = response.contentLength() > 0 && response.contentLength() <= CoalescingWriter.SMALL;
        return small && !response.isBodiless(head.method()) ? size + (int) response.contentLength() : size;
    }

    @Override
    public void onResponseBody(ByteBuf piece) throws HttpViolation {
        if (filter != null) {
            filter.filter(piece, bodyWriter);
        } else {
            writeBody(piece);
        }
    }

    private void writeBody(ByteBuf piece) {
        record.bytesOut += piece.readableBytes();
        ByteBuf before =
                encoder.before(piece.readableBytes(), loop.environment().allocator());
        if (before != null) {
            frontend.writer().write(before);
        }
        frontend.writer().write(piece);
    }

    @Override
    public @Nullable SplicePipe onLargeBody(Channel source) {
        return filter == null ? frontend.pipeFrom(source) : null;
    }

    @Override
    public ChannelFuture onResponseSpliced(FileRegion contents) {
        record.bytesOut += contents.count();
        return frontend.writer().write(contents);
    }

    @Override
    public void onResponseEnd(@Nullable TrailerSection trailers) throws HttpViolation {
        boolean edited = filter != null;
        if (filter != null) {
            filter.finish(bodyWriter);
        }
        // What comes behind a body is mostly about it: digests, say.
        frontend.writer()
                .write(encoder.end(edited ? null : trailers, loop.environment().allocator()));
        exchange.onResponseEnd();
    }

    @Override
    public void onUpstreamFailed(ErrorType error, String detail, boolean untouched) {
        exchange.onUpstreamFailed(error, detail, untouched);
    }

    @Override
    public void onUpstreamWritability(boolean writable) {
        frontend.pauseForUpstream(!writable);
    }

    @Override
    public void onUpstreamReadComplete() {
        frontend.writer().flush();
        if (filter != null) {
            filter.onReadComplete();
        }
    }

    private static <T> T required(@Nullable T value) {
        if (value == null) {
            throw new IllegalStateException("response without an exchange");
        }
        return value;
    }
}
