// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.session.connect;

import io.gatehouse.proxy.ErrorType;
import io.gatehouse.proxy.grpc.GrpcError;
import io.gatehouse.proxy.grpc.GrpcStatus;
import io.gatehouse.session.wire.ConnectMethod;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * Why calls fail at the door, in words for the person who reads PySpark's exception. PySpark tries again where an error has a delay, and
 * by itself for UNAVAILABLE; so only what passes by itself is one of these.
 */
final class Refusals {
    /** Until a client comes back to a pool without a server. */
    private static final Duration POOL_DELAY = Duration.ofSeconds(5);
    /** Until it comes back where another server, or the same again, may do. */
    private static final Duration SOON = Duration.ofMillis(200);

    private static final Duration STORE_DELAY = Duration.ofSeconds(1);

    private static final String SERVED =
            Arrays.stream(ConnectMethod.values()).map(ConnectMethod::methodName).collect(Collectors.joining(", "));

    /** The problem of a call without any credential. */
    static final String NO_CREDENTIAL =
            "The call does not say who you are. Put a token into the sc:// URL: /;token=TOKEN"
                    + " (or, where no proof is asked for, a name: /;user_id=NAME).";

    private Refusals() {}

    static GrpcError unknownMethod() {
        return GrpcError.of(
                GrpcStatus.UNIMPLEMENTED,
                ErrorType.DESTINATION_NOT_FOUND,
                "This door serves spark.connect.SparkConnectService with the methods " + SERVED + ".");
    }

    static GrpcError noPool() {
        return GrpcError.of(
                GrpcStatus.FAILED_PRECONDITION,
                ErrorType.DESTINATION_NOT_FOUND,
                "No pool answers at this address. Connect to the host name of your pool, or name the pool at the end of the"
                        + " sc:// URL: /;x-gatehouse-pool=NAME");
    }

    static GrpcError notOpen(String pool) {
        return GrpcError.of(
                GrpcStatus.PERMISSION_DENIED,
                ErrorType.HTTP_REQUEST_DENIED,
                "The pool " + pool + " is not open to you. Use another pool, or ask its owner for access.");
    }

    static GrpcError unauthenticated(String problem) {
        return GrpcError.of(GrpcStatus.UNAUTHENTICATED, ErrorType.UNAUTHENTICATED, problem);
    }

    static GrpcError throttled(Duration delay) {
        return GrpcError.of(
                        GrpcStatus.RESOURCE_EXHAUSTED,
                        ErrorType.HTTP_REQUEST_DENIED,
                        "Too many logins have failed or are under way. Try again in a while.")
                .retryAfter(delay);
    }

    static GrpcError loginUnavailable(String problem) {
        return unavailable(problem, STORE_DELAY);
    }

    static GrpcError userLimit(String pool, int limit) {
        return limit("You have " + limit + " sessions in the pool " + pool + ", and may have no more.");
    }

    static GrpcError poolLimit(String pool, int limit) {
        return limit("The pool " + pool + " has " + limit + " sessions, and may have no more.");
    }

    private static GrpcError limit(String what) {
        return GrpcError.of(
                GrpcStatus.RESOURCE_EXHAUSTED,
                ErrorType.CONNECTION_LIMIT_REACHED,
                what + " End one that is not needed with spark.stop(), or wait until idle ones end by themselves.");
    }

    static GrpcError nothingHealthy(String pool) {
        return unavailable(
                "No server of the pool " + pool + " takes sessions at the moment. Try again in a while.", POOL_DELAY);
    }

    static GrpcError ownerUncertain() {
        return unavailable("The server of this session is being looked for. Try again in a while.", STORE_DELAY);
    }

    static GrpcError tooManySearches(Duration delay) {
        return GrpcError.of(
                        GrpcStatus.RESOURCE_EXHAUSTED,
                        ErrorType.HTTP_REQUEST_DENIED,
                        "Too many calls of sessions that are not known here. Try again in a while.")
                .retryAfter(delay);
    }

    static GrpcError storeUnavailable() {
        return unavailable("Where sessions are cannot be looked up at the moment. Try again in a while.", STORE_DELAY);
    }

    /** A server is gone that had nothing of the session yet. */
    static GrpcError placeLost(ErrorType error) {
        return serverFailed(
                error, "The Spark server for this session does not answer; the next try may get another one.");
    }

    /** A server did not answer, or not to the end, and may still have the session. */
    static GrpcError broken(ErrorType error) {
        return serverFailed(error, "The connection to the Spark server of this session broke. Try again.");
    }

    /** A server has ended this call alone. It would do so again, so nobody shall try by himself. */
    static GrpcError brokenOff(ErrorType error, GrpcStatus status) {
        return GrpcError.of(
                status,
                error,
                "The Spark server broke off this call without saying why. Its log may say more, and so may another try.");
    }

    /** Nobody hears it. */
    static GrpcError clientGone() {
        return GrpcError.of(GrpcStatus.CANCELLED, ErrorType.DOWNSTREAM_CLOSED, ErrorType.DOWNSTREAM_CLOSED.sentence());
    }

    static GrpcError internal() {
        return GrpcError.of(
                GrpcStatus.INTERNAL, ErrorType.PROXY_INTERNAL_ERROR, ErrorType.PROXY_INTERNAL_ERROR.sentence());
    }

    private static GrpcError serverFailed(ErrorType error, String message) {
        return GrpcError.of(GrpcStatus.UNAVAILABLE, error, message).retryAfter(SOON);
    }

    private static GrpcError unavailable(String message, Duration delay) {
        return GrpcError.of(GrpcStatus.UNAVAILABLE, ErrorType.DESTINATION_UNAVAILABLE, message)
                .retryAfter(delay);
    }
}
