// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.session.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import io.gatehouse.proxy.grpc.GrpcError;
import io.gatehouse.proxy.grpc.GrpcStatus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Our own words, as others read them. */
class MessagesTest {
    private static final String SESSION = WireOracle.SESSION;

    @Test
    void aProbeReleasesAllOfAnOperation() throws InvalidProtocolBufferException {
        UnknownFieldSet probe = UnknownFieldSet.parseFrom(Messages.probe(SESSION, "Ålice", "operation"));

        assertThat(text(probe, 1)).isEqualTo(SESSION);
        UnknownFieldSet user = UnknownFieldSet.parseFrom(
                probe.getField(2).getLengthDelimitedList().get(0));
        assertThat(text(user, 1)).isEqualTo("Ålice");
        assertThat(text(user, 2)).isEqualTo("Ålice");
        assertThat(text(probe, 3)).isEqualTo("operation");
        assertThat(text(probe, 5)).isEmpty();
    }

    @Test
    void aLongNameHasALengthOfTwoBytes() throws InvalidProtocolBufferException {
        String name = "x".repeat(200);

        UnknownFieldSet suffix = UnknownFieldSet.parseFrom(Messages.suffix(SESSION, name, ""));

        UnknownFieldSet user = UnknownFieldSet.parseFrom(
                suffix.getField(2).getLengthDelimitedList().get(0));
        assertThat(text(user, 1)).isEqualTo(name);
    }

    @ParameterizedTest
    @CsvSource({"RELEASE_SESSION,1", "INTERRUPT,1", "ARTIFACT_STATUS,2"})
    void anEmptyAnswerNamesItsSession(ConnectMethod method, int field) throws InvalidProtocolBufferException {
        UnknownFieldSet answer = UnknownFieldSet.parseFrom(Messages.emptyAnswer(method, SESSION));

        assertThat(answer.asMap()).containsOnlyKeys(field);
        assertThat(text(answer, field)).isEqualTo(SESSION);
    }

    @Test
    void thatThereIsNothingToSayOfAnErrorIsSaidWithNothing() {
        assertThat(Messages.emptyAnswer(ConnectMethod.FETCH_ERROR_DETAILS, SESSION))
                .isEmpty();
    }

    /** As Spark 4.3.0 was seen to answer. */
    @Test
    void aChangedSessionIsToldInTheShapeThatSparkTellsIt() {
        GrpcError error = SparkErrors.sessionChanged(SESSION);

        assertThat(error.status()).isEqualTo(GrpcStatus.INTERNAL);
        assertThat(error.message())
                .startsWith("[INVALID_HANDLE.SESSION_CHANGED] The handle " + SESSION + " is invalid. ")
                .endsWith(" SQLSTATE: 08003");
        assertThat(error.retryAfter()).isNull();
        GrpcError.Info info = error.info();
        assertThat(info).isNotNull();
        assertThat(info.reason()).isEqualTo("org.apache.spark.SparkSQLException");
        assertThat(info.domain()).isEqualTo("org.apache.spark");
        assertThat(info.metadata())
                .containsEntry("errorClass", "INVALID_HANDLE.SESSION_CHANGED")
                .containsEntry("sqlState", "08003")
                .containsEntry("messageParameters", "{\"handle\":\"" + SESSION + "\"}")
                .containsEntry(
                        "classes",
                        "[\"org.apache.spark.SparkSQLException\",\"java.sql.SQLException\",\"java.lang.Exception\","
                                + "\"java.lang.Throwable\",\"java.lang.Object\"]");
    }

    @Test
    void whatAClientNamesIsNotRepeatedAsItIs() {
        GrpcError error = SparkErrors.handleFormat("\"}\u001b[31m" + "x".repeat(500));

        assertThat(error.message()).doesNotContain("\u001b", "\"}").hasSizeLessThan(300);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[INVALID_HANDLE.SESSION_NOT_FOUND] The handle|true|true|false|true",
                "[INVALID_HANDLE.SESSION_CLOSED] The handle|true|false|true|true",
                "[INVALID_HANDLE.SESSION_CHANGED] The handle|true|false|false|true",
                "[TABLE_OR_VIEW_NOT_FOUND] [INVALID_HANDLE.SESSION_CLOSED]|false|false|false|true",
                "org.apache.spark.SparkSQLException: [INVALID_HANDLE.SESSION_NOT_FOUND] The handle|true|true|false|true",
                "org.apache.spark.SparkSQLException: [INVALID_HANDLE.SESSION_CLOSED] The handle|true|false|true|true",
                "org.apache.spark.SparkException: it said [INVALID_HANDLE.SESSION_CLOSED]|false|false|false|false",
                "java.lang.RuntimeException: [INVALID_HANDLE.SESSION_CLOSED]|false|false|false|false",
                "x [INVALID_HANDLE.SESSION_CLOSED]|false|false|false|false",
                "INVALID_HANDLE.SESSION_CLOSED|false|false|false|false",
                "''|false|false|false|false"
            })
    void serversErrorsAreToldByTheirClass(String text, boolean gone, boolean notFound, boolean closed, boolean spark) {
        assertThat(SparkErrors.saysSessionIsGone(GrpcStatus.INTERNAL, text)).isEqualTo(gone);
        assertThat(SparkErrors.saysNotFound(GrpcStatus.INTERNAL, text)).isEqualTo(notFound);
        assertThat(SparkErrors.saysClosed(GrpcStatus.INTERNAL, text)).isEqualTo(closed);
        assertThat(SparkErrors.isSparks(GrpcStatus.INTERNAL, text)).isEqualTo(spark);
        assertThat(SparkErrors.saysSessionIsGone(GrpcStatus.UNAVAILABLE, text)).isFalse();
    }

    private static String text(UnknownFieldSet message, int field) {
        return message.getField(field).getLengthDelimitedList().get(0).toStringUtf8();
    }
}
