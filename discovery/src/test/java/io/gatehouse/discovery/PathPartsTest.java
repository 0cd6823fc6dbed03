// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PathPartsTest {
    @ParameterizedTest
    @CsvSource({
        "/history/, '', false, ''",
        "/history/a, a, false, ''",
        "/history/a/, a, true, ''",
        "/history/a/b, a, true, b",
        "/history/a/b/c/, a, true, b/c/",
        "/history//b, '', true, b",
        "/history/a//, a, true, /"
    })
    void anIdEndsAtTheNextSlash(String path, String id, boolean slash, String rest) {
        assertThat(PathParts.after(path, "/history/".length())).isEqualTo(new PathParts(id, slash, rest));
    }
}
