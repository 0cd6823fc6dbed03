// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.log;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonLineTest {
    private static String text(UnaryOperator<JsonLine> members) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        AccessLog log = AccessLog.to(out, new SimpleMeterRegistry().counter("dropped"));
        AccessLog.Sink sink = log.newSink();
        members.apply(sink.line()).end();
        sink.handOver();
        log.close();
        return out.toString(StandardCharsets.US_ASCII);
    }

    private static JsonNode parsed(UnaryOperator<JsonLine> members) throws Exception {
        return new ObjectMapper().readTree(text(members));
    }

    @Test
    void everyByteComesBack() throws Exception {
        byte[] all = new byte[256];
        for (int i = 0; i < 256; i++) {
            all[i] = (byte) i;
        }
        String line = text(json -> json.member("all", all, 0, 256));
        assertThat(line).endsWith("\n");
        assertThat(line.strip().chars()).allMatch(c -> c >= 0x20 && c < 0x7f);
        assertThat(new ObjectMapper().readTree(line).get("all").asText())
                .isEqualTo(new String(all, StandardCharsets.ISO_8859_1));
    }

    @Test
    void rangesAndMembersAreKeptApart() throws Exception {
        byte[] bytes = "0123456789".getBytes(StandardCharsets.US_ASCII);
        JsonNode line = parsed(json -> json.member("a", bytes, 3, 5)
                .member("b", bytes, 5, 5)
                .member("c", bytes, 7, 2)
                .member("d", "€x"));
        assertThat(line.toString()).isEqualTo("{\"a\":\"34\",\"b\":\"\",\"c\":\"\",\"d\":\"?x\"}");
        assertThat(parsed(json -> json).toString()).isEqualTo("{}");
    }

    @Test
    void longTextIsCut() throws Exception {
        byte[] bytes = new byte[10_000];
        assertThat(parsed(json -> json.member("a", bytes, 1000, 10_000))
                        .get("a")
                        .asText())
                .hasSize(4096);
        assertThat(parsed(json -> json.member("a", "x".repeat(10_000))).get("a").asText())
                .hasSize(4096);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 9, 10, 99, 100, 1234567890123L, Long.MAX_VALUE, -1, -10, Long.MIN_VALUE})
    void numbers(long value) throws Exception {
        assertThat(parsed(json -> json.member("n", value)).get("n").asLong()).isEqualTo(value);
        assertThat(parsed(json -> json.hex("h", value)).get("h").asText()).isEqualTo("%016x".formatted(value));
    }

    @Test
    void millisecondsHaveThreeDecimals() {
        assertThat(text(json -> json.milliseconds("a", 0)
                        .milliseconds("b", 999)
                        .milliseconds("c", 1_000)
                        .milliseconds("d", 1_234_567)
                        .milliseconds("e", 60_000_000_000L)))
                .isEqualTo("{\"a\":0.000,\"b\":0.000,\"c\":0.001,\"d\":1.234,\"e\":60000.000}\n");
    }
}
