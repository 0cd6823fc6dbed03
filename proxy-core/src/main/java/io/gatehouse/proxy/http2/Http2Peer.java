// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.http2;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The end of an HTTP/2 connection: what clients' connections and those to servers have in common. */
abstract class Http2Peer extends Http2ConnectionHandler {
    /** Who has given data to a stream of this connection, and lets whoever it comes from go on once all of that has been written. */
    interface Sender {
        /** The stream that it writes to. */
        Http2Stream target();

        /** Nothing waits there any more. Called once for each {@link #onceSent}, behind a flush. */
        void onSent();
    }

    private final GrpcLoop loop;
    private final List<Sender> senders = new ArrayList<>();
    private boolean unflushed;
    private boolean reading;

    @Nullable
    ChannelHandlerContext ctx;

    Http2Peer(GrpcLoop loop, Http2ConnectionDecoder decoder, Http2ConnectionEncoder encoder, Http2Settings settings) {
        super(decoder, encoder, settings);
        setCumulator(FrameCumulator.INSTANCE);
        this.loop = loop;
    }

    final GrpcLoop grpcLoop() {
        return loop;
    }

    /** The context; there is one from the moment the handler is in a pipeline. */
    final ChannelHandlerContext context() {
        ChannelHandlerContext known = ctx;
        if (known == null) {
            throw new IllegalStateException("not in a pipeline");
        }
        return known;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) throws Exception {
        ctx = context;
        super.handlerAdded(context);
    }

    @Override
    public void channelActive(ChannelHandlerContext context) throws Exception {
        super.channelActive(context);
        // Not before: a window that is opened ahead of our preface is lost.
        connection()
                .local()
                .flowController()
                .incrementWindowSize(
                        connection().connectionStream(), Windows.CONNECTION - Http2CodecUtil.DEFAULT_WINDOW_SIZE);
        written();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object msg) throws Exception {
        reading = true;
        super.channelRead(context, msg);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) throws Exception {
        reading = false;
        unflushed = false;
        // Flushes this connection; what was written to others meanwhile is flushed after it.
        super.channelReadComplete(context);
        loop.flush();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) throws Exception {
        super.channelWritabilityChanged(context);
        // A socket that takes more again is no read: credit that others got by it would wait for theirs.
        loop.flush();
    }

    /** Writes a header section. */
    final void writeHeaders(Http2Stream stream, Http2Headers headers, boolean end) {
        ChannelHandlerContext context = context();
        encoder().writeHeaders(context, stream.id(), headers, 0, end, context.newPromise());
        written();
    }

    /** Writes data, which is taken over, as far as the windows allow; the rest waits. */
    final void writeData(Http2Stream stream, ByteBuf data, boolean end) {
        ChannelHandlerContext context = context();
        ByteBuf kept = encoder().flowController().isWritable(stream) ? data : HeldData.of(data, context.alloc());
        encoder().writeData(context, stream.id(), kept, 0, end, context.newPromise());
        written();
    }

    /** Ends our side of a stream whose data has been written. */
    final void writeEnd(Http2Stream stream) {
        writeData(stream, Unpooled.EMPTY_BUFFER, true);
    }

    /** Ends a stream at once, in both directions; no harm where it has ended already. */
    final void reset(Http2Stream stream, Http2Error error) {
        if (stream.state() != Http2Stream.State.CLOSED) {
            ChannelHandlerContext context = context();
            resetStream(context, stream.id(), error.code(), context.newPromise());
            written();
        }
    }

    /** Lets the peer send that much more on the stream. */
    final void consumed(Http2Stream stream, int bytes) {
        if (bytes == 0 || stream.state() == Http2Stream.State.CLOSED) {
            return;
        }
        try {
            if (connection().local().flowController().consumeBytes(stream, bytes)) {
                written();
            }
        } catch (Http2Exception e) {
            onError(context(), true, e);
        }
    }

    /** What was written has to be flushed: by the read that goes on, or at the end of this turn of the loop. */
    final void written() {
        if (!unflushed && !reading) {
            unflushed = true;
            loop.written(this);
        }
    }

    /**
     * Whether data for the stream waits here for room. Asked of the stream alone: that the data of others fills the connection holds
     * nobody up.
     */
    final boolean holds(Http2Stream stream) {
        return encoder().flowController().hasFlowControlled(stream);
    }

    /** Tells the sender as soon as what it has written so far is out. */
    final void onceSent(Sender sender) {
        senders.add(sender);
    }

    @Override
    public void flush(ChannelHandlerContext context) {
        super.flush(context);
        int asked = senders.size();
        int kept = 0;
        for (int i = 0; i < asked; i++) {
            Sender sender = senders.get(i);
            if (holds(sender.target())) {
                senders.set(kept++, sender);
            } else {
                sender.onSent();
            }
        }
        senders.subList(kept, asked).clear();
    }

    /** Called by the loop, once for each time that something was {@link #written}. */
    final void flushWritten() {
        unflushed = false;
        ChannelHandlerContext context = context();
        if (context.channel().isActive()) {
            flush(context);
        }
    }

    /** Whether the connection is up. */
    final boolean isActive() {
        ChannelHandlerContext known = ctx;
        return known != null && known.channel().isActive();
    }
}
