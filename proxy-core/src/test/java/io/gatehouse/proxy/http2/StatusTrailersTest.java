// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.http2;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.proxy.ErrorType;
import io.gatehouse.proxy.grpc.GrpcError;
import io.gatehouse.proxy.grpc.GrpcStatus;
import io.netty.handler.codec.http2.Http2Headers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class StatusTrailersTest {
    @Test
    void detailsAreAStatusOfGoogleRpc() {
        // When
        Http2Headers trailers =
                StatusTrailers.alone(GrpcError.of(GrpcStatus.UNAVAILABLE, ErrorType.DESTINATION_UNAVAILABLE, "no")
                        .with(new GrpcError.Info("R", "d", Map.of("k", "v")))
                        .retryAfter(Duration.ofMillis(1500)));

        // Then: as protoc encodes it
        String details = HexFormat.of()
                .formatHex(Base64.getDecoder()
                        .decode(trailers.get("grpc-status-details-bin").toString()));
        String info = "0a01" + hex("R") + "1201" + hex("d") + "1a06" + "0a01" + hex("k") + "1201" + hex("v");
        String retry = "0801" + "10" + "80cab5ee01";
        assertThat(details)
                .isEqualTo("080e" + "1202" + hex("no")
                        + any("type.googleapis.com/google.rpc.ErrorInfo", info)
                        + any("type.googleapis.com/google.rpc.RetryInfo", "0a" + length(retry) + retry));
    }

    /** For those who tell errors apart by program: the same name as in the access log and the metric. */
    @ParameterizedTest
    @EnumSource
    void everyErrorSaysItsNameWithDetailsOrWithout(ErrorType type) {
        GrpcError error = GrpcError.of(GrpcStatus.PERMISSION_DENIED, type, "no");

        Http2Headers plain = StatusTrailers.alone(error);
        assertThat(plain.getAll("proxy-status")).containsExactly("gatehouse; error=" + type.token());
        assertThat(plain.contains("grpc-status-details-bin")).isFalse();
        assertThat(StatusTrailers.of(error.retryAfter(Duration.ofSeconds(1))).getAll("proxy-status"))
                .as("behind an answer that has begun")
                .containsExactly("gatehouse; error=" + type.token());
    }

    @Test
    void aGoodEndHasNoErrorsName() {
        assertThat(StatusTrailers.ok().contains("proxy-status")).isFalse();
        assertThat(StatusTrailers.head().contains("proxy-status")).isFalse();
    }

    private static String any(String type, String value) {
        String body = "0a" + length(hex(type)) + hex(type) + "12" + length(value) + value;
        return "1a" + length(body) + body;
    }

    private static String length(String hex) {
        return HexFormat.of().toHexDigits((byte) (hex.length() / 2));
    }

    private static String hex(String text) {
        return HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain", "100 %", "Größe: столбец\n", "", "%41%"})
    void aMessageComesBackAsItWas(String text) {
        String encoded = StatusTrailers.percentEncoded(text);
        assertThat(encoded).matches("[ -~]*");
        assertThat(StatusTrailers.percentDecoded(encoded)).isEqualTo(text);
    }

    @Test
    void clientsThatCompressLearnWhatIsTaken() {
        assertThat(StatusTrailers.head().get("grpc-accept-encoding")).hasToString("identity");
    }

    @Test
    void aStatusIsReadStrictly() {
        assertThat(GrpcStatus.of("16")).isEqualTo(GrpcStatus.UNAUTHENTICATED);
        assertThat(GrpcStatus.of("17")).isEqualTo(GrpcStatus.UNKNOWN);
        assertThat(GrpcStatus.of("-1")).isEqualTo(GrpcStatus.UNKNOWN);
        assertThat(GrpcStatus.of("007")).isEqualTo(GrpcStatus.UNKNOWN);
        assertThat(GrpcStatus.of("")).isEqualTo(GrpcStatus.UNKNOWN);
    }
}
