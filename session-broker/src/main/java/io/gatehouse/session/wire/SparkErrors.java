// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.session.wire;

import io.gatehouse.proxy.ErrorType;
import io.gatehouse.proxy.grpc.GrpcError;
import io.gatehouse.proxy.grpc.GrpcStatus;
import java.util.Map;

/**
 * Errors that a Spark server would answer with, in the shape that Spark 4.3 gives them, so that clients raise what they raise against
 * Spark: INTERNAL, an {@code ErrorInfo} with {@code errorClass} and {@code sqlState}, and a text that begins with the error class. PySpark
 * closes its session at the class {@code INVALID_HANDLE.SESSION_CHANGED}, and looks for the others in the text.
 */
public final class SparkErrors {
    private static final String NOT_FOUND = "INVALID_HANDLE.SESSION_NOT_FOUND";
    private static final String CHANGED = "INVALID_HANDLE.SESSION_CHANGED";
    private static final String CLOSED = "INVALID_HANDLE.SESSION_CLOSED";
    private static final String FORMAT = "INVALID_HANDLE.FORMAT";
    private static final String CLONE_FORMAT = "INVALID_CLONE_SESSION_REQUEST.TARGET_SESSION_ID_FORMAT";
    private static final String CLONE_EXISTS = "INVALID_CLONE_SESSION_REQUEST.TARGET_SESSION_ID_ALREADY_EXISTS";

    private static final String NO_SUCH_CONNECTION = "08003";
    private static final String EXCEPTION = "org.apache.spark.SparkSQLException";
    private static final String SPARKS_OWN = "org.apache.spark.";
    private static final String SUPERTYPES = "[\"" + EXCEPTION
            + "\",\"java.sql.SQLException\",\"java.lang.Exception\",\"java.lang.Throwable\",\"java.lang.Object\"]";
    private static final int MOST_SHOWN = 64;

    private SparkErrors() {}

    /** No server has the session. */
    public static GrpcError sessionNotFound(String sessionId) {
        return handle(NOT_FOUND, NO_SUCH_CONNECTION, sessionId, "There is no such session.");
    }

    /** The client has seen answers of a session that no server has any more. */
    public static GrpcError sessionChanged(String sessionId) {
        return handle(
                CHANGED,
                NO_SUCH_CONNECTION,
                sessionId,
                "The Spark server that had this session is gone, and its temporary views and settings with it; create a new session.");
    }

    /** The session was ended by its client. */
    public static GrpcError sessionClosed(String sessionId) {
        return handle(CLOSED, NO_SUCH_CONNECTION, sessionId, "The session was closed.");
    }

    /** A session's id is no UUID. */
    static GrpcError handleFormat(String sessionId) {
        return handle(
                FORMAT,
                "HY000",
                sessionId,
                "A session's id must be a UUID, as in 00112233-4455-6677-8899-aabbccddeeff.");
    }

    /** A clone's id is no UUID. */
    public static GrpcError cloneFormat(String newSessionId) {
        return clone(CLONE_FORMAT, newSessionId, "must be a UUID, as in 00112233-4455-6677-8899-aabbccddeeff.");
    }

    /** A clone's id is that of another session. */
    public static GrpcError cloneExists(String newSessionId) {
        return clone(CLONE_EXISTS, newSessionId, "is that of a session that exists already.");
    }

    /** Whether a server's error is one of Spark, with an error class, and so of a session that it has; gRPC's own have none. */
    public static boolean isSparks(GrpcStatus status, String text) {
        return status == GrpcStatus.INTERNAL && classStart(text) > 0;
    }

    /** Whether a server's error says that it has no session of that id, or not the one that the client has seen. */
    public static boolean saysSessionIsGone(GrpcStatus status, String text) {
        return status == GrpcStatus.INTERNAL
                && (isClass(text, NOT_FOUND) || isClass(text, CHANGED) || isClass(text, CLOSED));
    }

    /** Whether a server's error says that its session of that id is not the one that was named. */
    public static boolean saysChanged(GrpcStatus status, String text) {
        return status == GrpcStatus.INTERNAL && isClass(text, CHANGED);
    }

    /** Whether a server's error says that it has no session of that id. */
    public static boolean saysNotFound(GrpcStatus status, String text) {
        return status == GrpcStatus.INTERNAL && isClass(text, NOT_FOUND);
    }

    /** Whether a server's error says that it had the session, and that the session was ended. */
    public static boolean saysClosed(GrpcStatus status, String text) {
        return status == GrpcStatus.INTERNAL && isClass(text, CLOSED);
    }

    private static boolean isClass(String text, String errorClass) {
        int start = classStart(text);
        return start > 0 && text.startsWith(errorClass, start);
    }

    /** Where the error class begins, behind its bracket; 0 where there is none. Spark 3.5 writes the exception's own class before it. */
    private static int classStart(String text) {
        int bracket = text.indexOf('[');
        boolean behindException =
                text.startsWith(SPARKS_OWN) && text.startsWith(": ", bracket - 2) && text.indexOf(' ') == bracket - 1;
        return bracket == 0 || behindException ? bracket + 1 : 0;
    }

    private static GrpcError handle(String errorClass, String sqlState, String handle, String sentence) {
        String shown = printable(handle);
        return error(errorClass, sqlState, "The handle " + shown + " is invalid. " + sentence, "handle", shown);
    }

    private static GrpcError clone(String errorClass, String newSessionId, String what) {
        String shown = printable(newSessionId);
        return error(errorClass, "42K04", "The session id " + shown + " for a clone " + what, "targetSessionId", shown);
    }

    private static GrpcError error(
            String errorClass, String sqlState, String sentence, String parameter, String value) {
        String text = "[" + errorClass + "] " + sentence + " SQLSTATE: " + sqlState;
        return GrpcError.of(GrpcStatus.INTERNAL, ErrorType.DESTINATION_NOT_FOUND, text)
                .with(new GrpcError.Info(
                        EXCEPTION,
                        "org.apache.spark",
                        Map.of(
                                "classes", SUPERTYPES,
                                "errorClass", errorClass,
                                "sqlState", sqlState,
                                "messageParameters", "{\"" + parameter + "\":\"" + value + "\"}")));
    }

    /** What a client named, short and of characters that mean nothing to JSON or a terminal. */
    private static String printable(String id) {
        StringBuilder shown = new StringBuilder();
        for (int i = 0; i < Math.min(id.length(), MOST_SHOWN); i++) {
            char c = id.charAt(i);
            shown.append(
                    (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' ? c : '?');
        }
        return shown.toString();
    }
}
