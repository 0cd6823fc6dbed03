// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.http1;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Names of fields and methods. */
class NamesTest {
    @ParameterizedTest
    @EnumSource(value = HeaderName.class, names = "OTHER", mode = EnumSource.Mode.EXCLUDE)
    void everyFieldNameIsFoundInAnyCase(HeaderName name) {
        String lower = name.name().toLowerCase(Locale.ROOT).replace('_', '-');

        assertThat(headerName(lower)).isEqualTo(name);
        assertThat(headerName(lower.toUpperCase(Locale.ROOT))).isEqualTo(name);
        assertThat(headerName(lower + "x")).isEqualTo(HeaderName.OTHER);
        assertThat(headerName("x" + lower.substring(1))).isIn(HeaderName.OTHER, name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "hos", "h", "content_length", "transfer_encoding", "hosT\u0080", "http2\rsettings"})
    void everyOtherFieldNameIsOther(String name) {
        assertThat(headerName(name)).isEqualTo(HeaderName.OTHER);
    }

    @ParameterizedTest
    @CsvSource({
        "GET,GET,true",
        "HEAD,HEAD,true",
        "OPTIONS,OPTIONS,true",
        "POST,POST,false",
        "PUT,PUT,false",
        "PATCH,PATCH,false",
        "DELETE,DELETE,false",
        "CONNECT,CONNECT,false",
        "TRACE,TRACE,false",
        "get,OTHER,false",
        "GETS,OTHER,false",
        "GE,OTHER,false",
        "OTHER,OTHER,false",
        "PROPFIND,OTHER,false",
    })
    void methodsAreReadInTheirOwnCase(String text, Method expected, boolean safe) {
        byte[] bytes = Transcript.bytes(" " + text + " ");
        Method method = Method.of(bytes, 1, bytes.length - 1);

        assertThat(method).isEqualTo(expected);
        assertThat(method.isSafe()).isEqualTo(safe);
    }

    private static HeaderName headerName(String name) {
        byte[] bytes = Transcript.bytes(":" + name + ":");
        return HeaderName.of(bytes, 1, bytes.length - 1);
    }
}
