// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.http2;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http2.DefaultHttp2Headers;
import java.util.Base64;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MetadataRulesTest {
    @ParameterizedTest
    @ValueSource(strings = {"", "AAEC", "AAE=", "AAE", "AA==", "AA", "+/+/", "AAEC,AA==,,AAE", "AAEC,"})
    void base64PassesWithPaddingAndWithout(String value) {
        assertThat(problem("x-bin", value)).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"!", "A", "AAECA", "AA-_", "A A", "AAEC, AA==", "=AAE", "AA=A", "AAEC,!", "AA===", "A\u00e4A"})
    void whatIsNoneDoesNot(String value) {
        assertThat(problem("x-bin", value)).contains("x-bin", "base64");
        assertThat(problem("x-text", value)).isNull();
    }

    /** The decoder of the JDK is stricter about padding, and reads nothing that this does not let pass. */
    @Property(tries = 2_000)
    void whatTheJdkReadsPasses(
            @ForAll @StringLength(max = 12) @Chars({'A', 'z', '0', '+', '/', '=', '-', ' '}) String value) {
        boolean readable;
        try {
            Base64.getDecoder().decode(value);
            readable = true;
        } catch (IllegalArgumentException e) {
            readable = false;
        }
        if (readable) {
            assertThat(problem("x-bin", value)).isNull();
        }
    }

    @Property(tries = 2_000)
    void whatPassesIsReadOnceItsPaddingIsGone(
            @ForAll @StringLength(max = 12) @CharRange(from = '+', to = 'z') String value) {
        if (problem("x-bin", value) == null) {
            for (String part : value.split(",", -1)) {
                assertThat(Base64.getDecoder().decode(part.replaceAll("=+$", "")))
                        .isNotNull();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"10S", "1n", "99999999H", "0m", "5u", "7M"})
    void aTimeoutIsANumberAndAUnit(String value) {
        assertThat(problem("grpc-timeout", value)).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "S", "x", "10", "10s", "-1S", "1.5S", "100000000S", "1 S", "+1S"})
    void nothingElseIs(String value) {
        assertThat(problem("grpc-timeout", value)).contains("grpc-timeout");
    }

    private static String problem(String name, String value) {
        return MetadataRules.problem(new DefaultHttp2Headers(false).add(name, value));
    }
}
