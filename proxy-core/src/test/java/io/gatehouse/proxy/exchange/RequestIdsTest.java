// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestIdsTest {
    private static String of(String field) throws Exception {
        return RequestIds.text(Heads.request("GET / HTTP/1.1\r\nHost: a\r\n" + field + "\r\n"), 0xabcL);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "A-Z_a.z-09", "4bf92f35-77b3-4da6-a3ce-929d0e0e4736"})
    void aPlainWordIsKept(String id) throws Exception {
        assertThat(of("x-request-ID: " + id + "\r\n")).isEqualTo(id);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "a b", "a,b", "a\tb", "\"", "<a>", "ä", "a;b", "a:b", "a/b", "%0d%0a"})
    void anythingElseIsReplaced(String id) throws Exception {
        assertThat(of("X-Request-Id: " + id + "\r\n")).isEqualTo("0000000000000abc");
    }

    @Test
    void lengthsAndAbsence() throws Exception {
        assertThat(of("")).isEqualTo("0000000000000abc");
        assertThat(of("X-Request-Id: " + "a".repeat(128) + "\r\n")).hasSize(128);
        assertThat(of("X-Request-Id: " + "a".repeat(129) + "\r\n")).isEqualTo("0000000000000abc");
    }
}
