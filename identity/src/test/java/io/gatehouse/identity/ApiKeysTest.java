// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.gatehouse.proxy.Principal;
import java.security.SecureRandom;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ApiKeysTest {
    private final SecureRandom random = new SecureRandom();

    @Test
    void aKeyIsItsOwnersAndNoOther() throws Exception {
        // Given
        NewApiKey etl = NewApiKey.make(random, "etl", List.of("jobs", "night"));
        NewApiKey etlAgain = NewApiKey.make(random, "etl", List.of());
        NewApiKey ui = NewApiKey.make(random, "ui", List.of());
        // When
        ApiKeys keys = ApiKeys.parse("# keys\n" + etl.line() + "\n" + etlAgain.line() + "\n\n"
                + ui.line().toUpperCase(Locale.ROOT).replace("UI:", "ui:"));
        // Then
        assertThat(keys.owner(etl.key())).contains(new Principal("etl", Set.of("jobs", "night")));
        assertThat(keys.owner(etlAgain.key())).contains(new Principal("etl"));
        assertThat(keys.owner(ui.key())).contains(new Principal("ui"));
        assertThat(keys.owner(NewApiKey.make(random, "etl", List.of()).key())).isEmpty();
        assertThat(keys.owner("")).isEmpty();
        // The line itself opens nothing.
        assertThat(keys.owner(etl.line().split(":")[1])).isEmpty();
    }

    @Test
    void aKeyIsLongAndSaysWhatItIs() {
        NewApiKey key = NewApiKey.make(random, "etl", List.of());
        assertThat(key.key()).matches("ghk_[-_A-Za-z0-9]{43}");
        assertThat(key.line()).doesNotContain(key.key()).matches("etl:[0-9a-f]{64}");
        assertThatIllegalArgumentException().isThrownBy(() -> NewApiKey.make(random, "a:b", List.of()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"etl", "etl:abc", "etl:ghk_secretsecret", ":", "etl:%s:a:b", ":%s"})
    void aWrongLineIsNamedAndNotQuoted(String line) {
        assertThatExceptionOfType(IdentityFileException.class)
                .isThrownBy(() -> ApiKeys.parse("\n" + line.formatted("0".repeat(64))))
                .withMessageStartingWith("line 2: ")
                .withMessageNotContainingAny("secret", "000");
    }

    @Test
    void aKeyTwiceIsAnError() {
        String line = NewApiKey.make(random, "etl", List.of()).line();
        assertThatExceptionOfType(IdentityFileException.class)
                .isThrownBy(() -> ApiKeys.parse(line + "\nother" + line.substring(3)))
                .withMessageStartingWith("line 2: ");
    }
}
