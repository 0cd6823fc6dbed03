// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** {@code docs/configuration.md} shows what {@code gatehouse config --defaults} prints, and names what can reload. */
class ConfigurationDocTest {
    @Test
    void theDocumentShowsThePresentDefaults() throws Exception {
        // To renew it: put the output of ./gatehouse config --defaults between the fences.
        assertThat(document()).contains("```yaml\n" + ConfigDefaults.yaml().strip() + "\n```");
    }

    @Test
    void everyReloadableKeyIsNamed() throws Exception {
        String document = document();
        assertThat(ReloadPlan.RELOADABLE).allSatisfy(key -> assertThat(document).contains("`" + key + "`"));
    }

    private static String document() throws Exception {
        return Files.readString(Path.of("..", "docs", "configuration.md"));
    }
}
