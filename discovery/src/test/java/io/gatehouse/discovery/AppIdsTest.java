// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.proxy.Upstream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AppIdsTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "app-20260101120000-0001",
                "local-1767268800000",
                "spark-0123456789abcdef0123456789abcdef",
                "application_1767268800000_0001",
                "a",
                "my.app_2"
            })
    void idsOfAllClusterManagersAreValid(String id) {
        assertThat(AppIds.isValid(id)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "..",
                ".a",
                "-a",
                "_a",
                "a/b",
                "a b",
                "a'b",
                "a\"b",
                "<script>",
                "a%2Fb",
                "a;b",
                "ä",
                "a\u0000",
                "a\nb"
            })
    void nothingElseIsAnId(String id) {
        assertThat(AppIds.isValid(id)).isFalse();
        Upstream ui = new Upstream("driver", 4040);
        assertThatThrownBy(() -> new Application(id, "test", ui, null)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new UiEndpoint(ui, id)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void anIdHasAtMost128Characters() {
        assertThat(AppIds.isValid("a".repeat(128))).isTrue();
        assertThat(AppIds.isValid("a".repeat(129))).isFalse();
    }
}
