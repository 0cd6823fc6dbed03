// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.session.wire;

import org.jspecify.annotations.Nullable;

/**
 * The methods of {@code spark.connect.SparkConnectService}, with what a proxy must know of their messages (Spark's {@code base.proto}
 * from 3.4 to 4.3). In every request the session id is field 1 and the user's context field 2.
 */
public enum ConnectMethod {
    EXECUTE_PLAN("ExecutePlan", Unbound.CREATES, 8, 1, 15),
    ANALYZE_PLAN("AnalyzePlan", Unbound.CREATES, 17, 1, 15),
    CONFIG("Config", Unbound.CREATES, 8, 1, 4),
    /** The one method whose request is a stream of messages. */
    ADD_ARTIFACTS("AddArtifacts", Unbound.CREATES, 7, 2, 3),
    ARTIFACT_STATUS("ArtifactStatus", Unbound.EMPTY_ANSWER, 5, 2, 3),
    /** Not empty: PySpark takes the server's session id of that answer for the session's, and the next one ends its session. */
    INTERRUPT("Interrupt", Unbound.NOT_FOUND, 7, 1, 3),
    REATTACH_EXECUTE("ReattachExecute", Unbound.NOT_FOUND, 6, 1, 15),
    RELEASE_EXECUTE("ReleaseExecute", Unbound.NOT_FOUND, 7, 1, 3),
    /** Its answer names a session that is no more. */
    RELEASE_SESSION("ReleaseSession", Unbound.EMPTY_ANSWER, 0, 1, 0),
    /** Its empty answer has no field set, not even the session's id. */
    FETCH_ERROR_DETAILS("FetchErrorDetails", Unbound.EMPTY_ANSWER, 5, 0, 3),
    CLONE_SESSION("CloneSession", Unbound.NOT_FOUND, 5, 1, 2),
    GET_STATUS("GetStatus", Unbound.NOT_FOUND, 4, 1, 2);

    /** What a call of a session that no server has comes to. */
    public enum Unbound {
        /** The server makes the session. */
        CREATES,
        /** An answer that says nothing. Spark makes a session for most of these too, which would be left over. */
        EMPTY_ANSWER,
        /** The error class {@code INVALID_HANDLE.SESSION_NOT_FOUND}. */
        NOT_FOUND
    }

    private static final String SERVICE = "/spark.connect.SparkConnectService/";
    private static final ConnectMethod[] ALL = values();

    private final String methodName;
    private final String path;
    private final Unbound unbound;
    private final int observedField;
    private final int answeredSessionField;
    private final int serverSideField;

    ConnectMethod(
            String methodName, Unbound unbound, int observedField, int answeredSessionField, int serverSideField) {
        this.methodName = methodName;
        this.path = SERVICE + methodName;
        this.unbound = unbound;
        this.observedField = observedField;
        this.answeredSessionField = answeredSessionField;
        this.serverSideField = serverSideField;
    }

    /** The method of a request's path; null for any other path. */
    public static @Nullable ConnectMethod of(CharSequence path) {
        for (ConnectMethod method : ALL) {
            if (method.path.contentEquals(path)) {
                return method;
            }
        }
        return null;
    }

    /** As the service names it; for the access log and the metrics too. */
    public String methodName() {
        return methodName;
    }

    /** {@code /package.Service/Method}. */
    public String path() {
        return path;
    }

    public Unbound unbound() {
        return unbound;
    }

    /** Whether a call may give a session its server; all others come after such a call, or to no purpose. */
    public boolean binds() {
        return unbound == Unbound.CREATES;
    }

    /** The request's field with the server-side session id that the client has seen; 0 where there is none. */
    int observedField() {
        return observedField;
    }

    /** The answer's field with the server-side session id (Spark 4.0 and newer); 0 where it is of no use. */
    int serverSideField() {
        return serverSideField;
    }

    /** The answer's field with the session's id; 0 where an empty answer does without. */
    int answeredSessionField() {
        return answeredSessionField;
    }
}
