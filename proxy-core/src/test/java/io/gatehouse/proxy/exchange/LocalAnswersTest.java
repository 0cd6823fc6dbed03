// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.gatehouse.proxy.ErrorType;
import io.gatehouse.proxy.LocalResponse;
import io.gatehouse.proxy.http1.RequestHead;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LocalAnswersTest {
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-03-01T23:04:05Z"), ZoneId.of("Asia/Tokyo"));

    private static String written(LocalResponse response, RequestHead head, boolean keepAlive) {
        ByteBuf out = Unpooled.buffer();
        LocalAnswers.write(response, head, keepAlive, CLOCK, out);
        assertThat(out.readableBytes()).isLessThanOrEqualTo(LocalAnswers.size(response));
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void theDateHasTwoDigitsForTheDay() {
        Locale before = Locale.getDefault();
        try {
            Locale.setDefault(Locale.GERMANY);
            assertThat(written(LocalResponse.text(200, "x"), null, true))
                    .contains("\r\nDate: Sun, 01 Mar 2026 23:04:05 GMT\r\n");
        } finally {
            Locale.setDefault(before);
        }
    }

    @Test
    void aWholeAnswer() {
        assertThat(written(LocalResponse.text(200, "hé").with("X-A", "1"), null, false))
                .isEqualTo("HTTP/1.1 200 OK\r\nDate: Sun, 01 Mar 2026 23:04:05 GMT\r\n"
                        + "Content-Type: text/plain; charset=utf-8\r\nX-Content-Type-Options: nosniff\r\n"
                        + "Content-Length: 3\r\nX-A: 1\r\nConnection: close\r\n\r\nhé");
    }

    @ParameterizedTest
    @EnumSource(ErrorType.class)
    void everyErrorIsValidInBothForms(ErrorType error) throws Exception {
        String detail = "quote \" backslash \\ <b>&amp; tab\t newline\n";
        RequestHead program = Heads.request("GET / HTTP/1.1\r\nHost: a\r\nAccept: application/json\r\n\r\n");
        LocalResponse problem = LocalAnswers.error(program, error, detail, "id-1");
        JsonNode json = new ObjectMapper().readTree(problem.body());
        assertThat(json.get("status").asInt()).isEqualTo(error.status());
        assertThat(json.get("code").asText()).isEqualTo(error.token());
        assertThat(json.get("request_id").asText()).isEqualTo("id-1");
        assertThat(json.get("detail").asText()).startsWith(error.sentence()).contains("quote \" backslash \\ <b>");

        RequestHead browser = Heads.request("GET / HTTP/1.1\r\nHost: a\r\nAccept: text/html\r\n\r\n");
        String page =
                new String(LocalAnswers.error(browser, error, detail, "id-1").body(), StandardCharsets.UTF_8);
        assertThat(page).contains("quote &quot;", "&lt;b&gt;&amp;amp;").doesNotContain("<b>");
    }

    @Test
    void aStatusThatIsNoneIsRefused() {
        assertThatThrownBy(() -> LocalResponse.empty(600)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> LocalResponse.empty(101)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> LocalResponse.empty(200).with("X", "a\r\nY: b"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> LocalResponse.empty(200).with("X: y\r\nZ", "a"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> LocalResponse.of(200, "text/plain\r\nX: y", "a"))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
