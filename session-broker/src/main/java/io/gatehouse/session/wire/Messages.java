// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.session.wire;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Encodes the few messages of Spark Connect that we write ourselves, without the frame around them. */
public final class Messages {
    private static final int LENGTH_DELIMITED = 2;

    private Messages() {}

    /**
     * What {@link MessageEditor} appends: the session and the user, by name and by id.
     *
     * @param newSessionId for a clone; empty for whatever is none
     * @param serverSideId what the server must call the session, or refuse the call; empty where the client says so itself, or nobody
     *     knows. Where a Spark before 4.0 gets it, it counts for nothing
     */
    public static byte[] suffix(
            ConnectMethod method, String sessionId, String user, String newSessionId, String serverSideId) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(suffix(sessionId, user, newSessionId));
        if (!serverSideId.isEmpty() && method.observedField() > 0) {
            string(out, method.observedField(), serverSideId);
        }
        return out.toByteArray();
    }

    /** The same where the client says itself what it has seen, or nobody knows. */
    public static byte[] suffix(String sessionId, String user, String newSessionId) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        string(out, FieldPath.SESSION_ID, sessionId);
        ByteArrayOutputStream context = new ByteArrayOutputStream();
        string(context, 1, user);
        string(context, 2, user);
        bytes(out, FieldPath.USER_CONTEXT, context.toByteArray());
        if (!newSessionId.isEmpty()) {
            string(out, FieldPath.NEW_SESSION_ID, newSessionId);
        }
        return out.toByteArray();
    }

    /**
     * A {@code ReleaseExecuteRequest} that asks whether a server has a session, and changes nothing: the operation to release is one that
     * nobody has.
     */
    public static byte[] probe(String sessionId, String user, String operationId) {
        ByteArrayOutputStream out = request(sessionId, user);
        string(out, 3, operationId);
        bytes(out, 5, new byte[0]); // release_all
        return out.toByteArray();
    }

    /** A {@code ReleaseSessionRequest}. */
    public static byte[] releaseSession(String sessionId, String user) {
        return request(sessionId, user).toByteArray();
    }

    /** The answer to a call of a session that no server has, where {@link ConnectMethod.Unbound#EMPTY_ANSWER} is what it gets. */
    public static byte[] emptyAnswer(ConnectMethod method, String sessionId) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        if (method.answeredSessionField() > 0) {
            string(out, method.answeredSessionField(), sessionId);
        }
        return out.toByteArray();
    }

    private static ByteArrayOutputStream request(String sessionId, String user) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(suffix(sessionId, user, ""));
        return out;
    }

    private static void string(ByteArrayOutputStream out, int field, String value) {
        bytes(out, field, value.getBytes(StandardCharsets.UTF_8));
    }

    private static void bytes(ByteArrayOutputStream out, int field, byte[] value) {
        varint(out, field << 3 | LENGTH_DELIMITED);
        varint(out, value.length);
        out.writeBytes(value);
    }

    private static void varint(ByteArrayOutputStream out, int value) {
        int rest = value;
        while (rest > 0x7f) {
            out.write((rest & 0x7f) | 0x80);
            rest >>>= 7;
        }
        out.write(rest);
    }
}
