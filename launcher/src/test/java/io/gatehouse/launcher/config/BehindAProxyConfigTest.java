// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.discovery.UiRouting;
import io.gatehouse.proxy.TrustedProxies;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The keys for those who run Gatehouse behind a reverse proxy. */
class BehindAProxyConfigTest {
    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            ``               | /sparkui |
            /gatehouse       | /sparkui |
            /a/b-c/d_e.f     | /sparkui |
            /spark           | /sparkui |
            /sparkui2        | /sparkui |
            /sparkui         | /live    |
            /                | /sparkui | is not a path of plain segments
            gatehouse        | /sparkui | is not a path of plain segments
            /gatehouse/      | /sparkui | is not a path of plain segments
            /a//b            | /sparkui | is not a path of plain segments
            /a/../b          | /sparkui | is not a path of plain segments
            /a b             | /sparkui | is not a path of plain segments
            /a%2Fb           | /sparkui | is not a path of plain segments
            /a/history       | /sparkui | has the segment 'history' or 'proxy'
            /proxy           | /sparkui | has the segment 'history' or 'proxy'
            /api             | /sparkui | begins like a path of Gatehouse's own
            /static/x        | /sparkui | begins like a path of Gatehouse's own
            /healthz         | /sparkui | begins like a path of Gatehouse's own
            /sparkui         | /sparkui | begins like a path of Gatehouse's own
            /sparkui/x       | /sparkui | begins like a path of Gatehouse's own
            /a               | /a/b     | begins like a path of Gatehouse's own
            /gatehouse       | /proxy   | drivers below ui.proxyBase /proxy
            """)
    void aBasePathIsValidHereIfRoutingTakesIt(String basePath, String proxyBase, String problem) {
        // Given
        ConfigFile file =
                ConfigFile.in(directory, "ui: {basePath: '" + basePath + "', proxyBase: '" + proxyBase + "'}\n");
        // When / Then
        if (problem == null) {
            assertThat(file.load().ui().basePath()).isEqualTo(basePath);
            assertThat(new UiRouting(basePath, proxyBase, null).basePath()).isEqualTo(basePath);
        } else {
            assertThat(file.problems()).singleElement().asString().contains("ui.basePath: ", problem);
            assertThatThrownBy(() -> new UiRouting(basePath, proxyBase, null))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0/0", "::/0"})
    void nobodyTrustsEverybody(String network) {
        assertThat(ConfigFile.in(directory, "ui: {trustedProxies: ['" + network + "']}\n")
                        .problems())
                .singleElement()
                .asString()
                .contains("ui.trustedProxies: '", "is everybody", "write the networks of your proxies");
    }

    @Test
    void theKeysHaveVariables() {
        UiConfig ui = ConfigFile.in(directory, "")
                .load(Map.of(
                        "GATEHOUSE_UI_BASE_PATH", "/gatehouse",
                        "GATEHOUSE_UI_TRUSTED_PROXIES", "10.0.0.0/8, fd00::/8",
                        "GATEHOUSE_UI_FORWARDING_FIELDS", "forwarded"))
                .ui();
        assertThat(ui.basePath()).isEqualTo("/gatehouse");
        assertThat(ui.trustedProxies()).isEqualTo(List.of(Cidr.parse("10.0.0.0/8"), Cidr.parse("fd00::/8")));
        assertThat(ui.forwardingFields()).isEqualTo(TrustedProxies.Fields.FORWARDED);
    }
}
