// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AcceptFieldTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "text/html",
                "TEXT/HTML",
                // Firefox, Chromium, jQuery
                "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
                "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7",
                "text/html, */*; q=0.01",
                "text/html, */*",
                "text/*",
                "text/html;q=0.5, application/json;q=0.4",
                "application/json;q=0.499, text/html;q=0.5",
                "application/json;q=0, text/html;q=0.001",
                "text/html;charset=utf-8",
                "a/b;x=\",text/plain;q=0\", text/html",
                "text/html;Q=1.000, application/json ; q=0.9",
                "application/json;q=2, text/html;q=0.1",
            })
    void aPage(String accept) {
        assertThat(AcceptField.prefersPage(accept)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ",,;,",
                "*/*",
                "application/json",
                "application/problem+json, text/html;q=0.9",
                "text/html, application/json",
                "text/html;q=0",
                "text/html;q=0.0, */*;q=0.1",
                "text/html;q=0.4, application/*;q=0.5",
                "text/*;q=0.3, text/html;q=0.2, application/json;q=0.25",
                "application/json, a/b;x=\"text/html,\"",
                "x/text/html",
                "text/htmlx",
                // Not weights at all, so not ranges either.
                "text/html;q=1.5",
                "text/html;q=0.1234",
                "text/html;q=",
                "text/html;q=-1",
                "text/html;q=0,5",
                "a/b;x=\"unfinished, text/html",
                "a/b;x=\"\\",
            })
    void aProblemDocument(String accept) {
        assertThat(AcceptField.prefersPage(accept)).isFalse();
    }

    @Test
    void severalFieldsAreOneList() throws Exception {
        assertThat(AcceptField.prefersPage(Heads.request(
                        "GET / HTTP/1.1\r\nHost: a\r\nAccept: application/json;q=0.5\r\nAccept: text/html\r\n\r\n")))
                .isTrue();
        assertThat(AcceptField.prefersPage(Heads.request("GET / HTTP/1.1\r\nHost: a\r\n\r\n")))
                .isFalse();
    }
}
