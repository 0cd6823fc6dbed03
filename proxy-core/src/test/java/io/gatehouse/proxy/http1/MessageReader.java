// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.http1;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.proxy.ErrorType;
import io.gatehouse.proxy.HttpLimits;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Drives our decoders over a stream of messages as the handlers of an exchange do, and notes what comes out. */
final class MessageReader {
    private final boolean request;
    private final HeadDecoder headDecoder;
    private final BodyDecoder bodyDecoder;
    private final MessageHead head;
    private final List<Transcript.Message> messages = new ArrayList<>();
    private final StringBuilder body = new StringBuilder();
    private ErrorType refusal;
    private boolean inBody;

    private MessageReader(HttpLimits limits, boolean request) {
        this.request = request;
        this.headDecoder = request ? HeadDecoder.forRequests(limits) : HeadDecoder.forResponses(limits);
        this.bodyDecoder = new BodyDecoder(limits, request);
        this.head = request ? new RequestHead() : new ResponseHead();
        beginHead();
    }

    /** Reads requests that arrive in pieces, cut at {@code cuts}. */
    static Transcript requests(HttpLimits limits, byte[] input, int... cuts) {
        return read(new MessageReader(limits, true), input, cuts);
    }

    /** Reads responses to GET requests; the end of {@code input} is the end of the connection. */
    static Transcript responses(HttpLimits limits, byte[] input, int... cuts) {
        return read(new MessageReader(limits, false), input, cuts);
    }

    private static Transcript read(MessageReader reader, byte[] input, int... cuts) {
        int from = 0;
        for (int cut : cuts) {
            reader.feed(input, from, cut);
            from = cut;
        }
        reader.feed(input, from, input.length);
        if (reader.inBody && reader.refusal == null && reader.bodyDecoder.endsWithConnection()) {
            reader.endMessage();
        }
        return new Transcript(reader.messages, reader.refusal);
    }

    private void feed(byte[] input, int from, int to) {
        ByteBuf in = Unpooled.wrappedBuffer(input, from, to - from);
        try {
            while (in.isReadable() && refusal == null) {
                if (inBody) {
                    readBody(in);
                } else {
                    readHead(in);
                }
                if (inBody && bodyDecoder.isDone()) {
                    endMessage();
                }
            }
        } catch (HttpViolation violation) {
            refusal = violation.type();
        }
        assertThat(in.refCnt()).as("the reader's own reference is the last").isEqualTo(1);
        in.release();
    }

    private void readHead(ByteBuf in) throws HttpViolation {
        if (!headDecoder.decode(in, head)) {
            assertThat(in.isReadable())
                    .as("all bytes of an unfinished head are taken")
                    .isFalse();
            return;
        }
        inBody = true;
        if (head instanceof RequestHead requestHead) {
            bodyDecoder.begin(requestHead);
        } else {
            bodyDecoder.begin((ResponseHead) head, Method.GET);
        }
    }

    private void readBody(ByteBuf in) throws HttpViolation {
        ByteBuf piece = bodyDecoder.next(in);
        if (piece != null) {
            assertThat(piece.isReadable()).as("no piece of a body is empty").isTrue();
            body.append(piece.toString(StandardCharsets.ISO_8859_1));
            piece.release();
        } else if (!bodyDecoder.isDone()) {
            assertThat(in.isReadable())
                    .as("all bytes of an unfinished body are taken")
                    .isFalse();
        }
    }

    private void endMessage() {
        TrailerSection trailers = bodyDecoder.trailers();
        messages.add(new Transcript.Message(
                startLine(), fields(head), body.toString(), trailers == null ? List.of() : fields(trailers)));
        beginHead();
    }

    private void beginHead() {
        inBody = false;
        body.setLength(0);
        head.reset();
        headDecoder.begin();
    }

    private String startLine() {
        String version = "HTTP/1." + head.minorVersion();
        if (!request) {
            ResponseHead response = (ResponseHead) head;
            return version
                    + ' '
                    + response.status()
                    + ' '
                    + response.text(response.reasonStart(), response.reasonEnd())
                            .strip();
        }
        RequestHead message = (RequestHead) head;
        return message.text(message.methodStart(), message.methodEnd())
                + ' '
                + message.text(message.methodEnd() + 1, message.targetEnd())
                + ' '
                + version;
    }

    private static List<String> fields(MessageHead head) {
        List<String> fields = new ArrayList<>();
        for (int field = 0; field < head.fieldCount(); field++) {
            fields.add(head.text(head.nameStart(field), head.nameEnd(field)) + ": " + head.value(field));
        }
        return fields;
    }
}
