// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.session.wire;

import io.gatehouse.session.wire.MessageWalker.Interest;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/**
 * Reads what a server calls a session ({@code server_side_session_id}) from the first message of an answer, at any cut. The bytes are only
 * looked at; those of results are skipped. One for each answer.
 */
public final class AnswerReader {
    private final FrameHead head = new FrameHead();
    private final Fields fields = new Fields();
    private final MessageWalker walker = new MessageWalker(fields);
    private final int wanted;
    private int left;
    private boolean over;

    /** An answer to a call of that method. */
    public AnswerReader(ConnectMethod method) {
        this.wanted = method.serverSideField();
        this.over = wanted == 0;
    }

    /**
     * Looks at the next bytes of the answer. An answer that cannot be read says nothing; that is its client's affair.
     *
     * @return the id, once; empty before and after that, and where the server has none
     */
    public String read(ByteBuf bytes) {
        if (over) {
            return "";
        }
        try {
            int index = bytes.readerIndex();
            if (!head.isComplete()) {
                index = head.read(bytes, index, bytes.writerIndex());
                if (!head.isComplete()) {
                    return "";
                }
                left = head.length();
                walker.begin(left);
            }
            int count = Math.min(left, bytes.writerIndex() - index);
            walker.walk(bytes, index, index + count);
            left -= count;
        } catch (CallViolation unreadable) {
            over = true;
            return "";
        }
        over = left == 0 || fields.whole;
        return fields.whole ? fields.id.toString() : "";
    }

    /** Picks the one field. */
    private final class Fields implements MessageWalker.Visitor {
        private final StringBuilder id = new StringBuilder(SessionIds.LENGTH);
        private boolean whole;

        @Override
        public Interest field(int path, boolean lengthDelimited, int length) {
            return path == wanted && lengthDelimited && length == SessionIds.LENGTH ? Interest.BYTES : Interest.NONE;
        }

        @Override
        public void bytes(int path, ByteBuf in, int index, int count) {
            id.append(in.getCharSequence(index, count, StandardCharsets.US_ASCII));
        }

        @Override
        public void end(int path) {
            whole = true;
        }
    }
}
