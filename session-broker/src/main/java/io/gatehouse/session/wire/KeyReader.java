// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.session.wire;

import io.gatehouse.session.wire.MessageWalker.Interest;
import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Reads what a call is routed by from the beginning of its first message, at any cut. The bytes are only looked at. One for each call.
 *
 * <p>It reads up to the end of the message, or its first {@link #MOST_BYTES}: so all of a small message is known, and a large one does
 * not wait for its end. Clients write fields in the order of their numbers, which puts the session and the user before everything large.
 * Of fields that come twice, the first counts here; {@link MessageEditor} sees to it that the server takes the same.
 */
public final class KeyReader {
    /** Of the first message; session and user stand there, or the call is refused. */
    static final int MOST_BYTES = 16 << 10;

    private final ConnectMethod method;
    private final boolean userWanted;
    private final FrameHead head = new FrameHead();
    private final Fields fields = new Fields();
    private final MessageWalker walker = new MessageWalker(fields);
    private int walked;

    /** @param userWanted whether the message must say who the user is, because nothing else does */
    public KeyReader(ConnectMethod method, boolean userWanted) {
        this.method = method;
        this.userWanted = userWanted;
    }

    /**
     * Looks at the next bytes of the request. Not called again once it has given something.
     *
     * @param end whether these were the last
     * @return null while more bytes are needed
     */
    public @Nullable CallKey read(ByteBuf bytes, boolean end) throws CallViolation {
        int index = bytes.readerIndex();
        int limit = bytes.writerIndex();
        if (!head.isComplete()) {
            index = head.read(bytes, index, limit);
            if (head.isComplete()) {
                walker.begin(head.length());
            }
        }
        if (head.isComplete()) {
            int most = Math.min(head.length(), MOST_BYTES);
            int count = Math.min(most - walked, limit - index);
            walker.walk(bytes, index, index + count);
            walked += count;
            if (walked == most) {
                return key(most == head.length());
            }
        }
        if (end) {
            throw CallViolation.invalid("The request ends before its first message is complete.");
        }
        return null;
    }

    private CallKey key(boolean whole) throws CallViolation {
        String sessionId = fields.sessionId;
        if (!whole && (sessionId == null || (userWanted && fields.userId == null))) {
            throw CallViolation.invalid("session_id and user_context must stand in the first " + MOST_BYTES
                    + " bytes of a message; Spark's own clients write them first.");
        }
        if (sessionId == null || !SessionIds.isValid(sessionId)) {
            throw new CallViolation(SparkErrors.handleFormat(sessionId == null ? "" : sessionId));
        }
        String userId = fields.userId;
        return new CallKey(
                sessionId,
                userId == null ? "" : userId,
                fields.observed,
                whole,
                fields.newSessionId,
                fields.allowReconnect);
    }

    /** Picks the fields that count for the method. */
    private final class Fields implements MessageWalker.Visitor {
        private final ByteArrayOutputStream value = new ByteArrayOutputStream(SessionIds.LENGTH);
        private @Nullable String sessionId;
        private @Nullable String userId;
        private boolean observed;
        private String newSessionId = "";
        private boolean allowReconnect;

        @Override
        public Interest field(int path, boolean lengthDelimited, int length) throws CallViolation {
            if (!lengthDelimited) {
                // Of a wrong type: none for Spark either, and MessageEditor refuses it where it matters.
                return Interest.NONE;
            }
            if (path == FieldPath.USER_CONTEXT) {
                return Interest.FIELDS;
            }
            if ((path == FieldPath.SESSION_ID && sessionId == null)
                    || (path == FieldPath.USER_ID && userId == null)
                    || (path == FieldPath.NEW_SESSION_ID && method == ConnectMethod.CLONE_SESSION)) {
                value.reset();
                return Interest.BYTES;
            }
            if (path == method.observedField() && length > 0) {
                observed = true;
            }
            return Interest.NONE;
        }

        @Override
        public void number(int path, long number) {
            if (path == FieldPath.ALLOW_RECONNECT && method == ConnectMethod.RELEASE_SESSION) {
                allowReconnect = number != 0;
            }
        }

        @Override
        public void bytes(int path, ByteBuf in, int index, int count) {
            // Not straight into the stream: Netty would leave a copy in an array of the thread's, and the user's id may
            // be a password.
            byte[] piece = new byte[count];
            in.getBytes(index, piece);
            value.write(piece, 0, count);
        }

        @Override
        public void end(int path) {
            switch (path) {
                case FieldPath.SESSION_ID -> sessionId = value.toString(StandardCharsets.UTF_8);
                case FieldPath.USER_ID -> userId = value.toString(StandardCharsets.UTF_8);
                case FieldPath.NEW_SESSION_ID -> newSessionId = value.toString(StandardCharsets.UTF_8);
                // A user's context without a user's id.
                default -> userId = userId == null ? "" : userId;
            }
        }
    }
}
