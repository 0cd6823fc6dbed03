// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code ui.cors} and {@code ui.applicationHosts}: what may stand there. */
class OtherSitesConfigTest {
    @TempDir
    private Path directory;

    private ConfigFile cors(String section) {
        return ConfigFile.in(directory, "ui:\n  cors: " + section + "\n");
    }

    @Test
    void withoutTheSectionsNothingOfThemIsThere() {
        UiConfig ui = ConfigFile.in(directory, "").load().ui();
        assertThat(ui.cors()).isNull();
        assertThat(ui.applicationHosts()).isNull();
    }

    @Test
    void originsAreAsBrowsersSendThem() {
        CorsConfig cors = cors("{allowedOrigins: ['https://a.example', 'http://localhost:3000', 'https://[::1]:8443']}")
                .load()
                .ui()
                .cors();
        assertThat(cors.allowedOrigins()).hasSize(3);
        assertThat(cors.allowCredentials()).isFalse();
        assertThat(cors.maxAge()).isEqualTo(Duration.ofMinutes(5));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "null",
                "https://*.example.com",
                "https://a.example/",
                "https://A.example",
                "HTTPS://a.example",
                "https://a.example:443",
                "http://a.example:80",
                "https://a.example:",
                "https://a.example:0",
                "https://user@a.example",
                "a.example",
                "file://",
                "https://",
                "https://a.example\\n",
                "https://a.example https://b.example"
            })
    void whatNoBrowserSendsIsNoOrigin(String origin) {
        assertThat(cors("{allowedOrigins: [\"" + origin + "\"]}").problems())
                .singleElement()
                .asString()
                .startsWith("gatehouse.yaml:2:")
                .contains("ui.cors.allowedOrigins: ", "is no origin as browsers send it");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            {allowedOrigins: ['*', 'https://a.example']}           | '*' stands beside others
            {allowedOrigins: ['*'], allowCredentials: true}        | every site could read
            {allowedOrigins: ['*'], allowedMethods: [POST]}        | every site could change
            {allowedMethods: [post]}                               | 'post' is no method
            {allowedMethods: [GET]}                                | 'GET' is no method
            {allowedMethods: [TRACE]}                              | 'TRACE' is no method
            {allowedHeaders: ['A B']}                              | 'A B' is not the name
            {allowedHeaders: ['*', A]}                             | '*' is not the name
            {allowedHeaders: ['*'], allowCredentials: true}        | take '*' for the name
            {exposedHeaders: ['*'], allowCredentials: true}        | take '*' for the name
            {maxAge: 25h}                                          | longer than a day
            """)
    void whatWouldNotHoldIsRefused(String section, String what) {
        assertThat(cors(section).problems()).singleElement().asString().contains(what);
    }

    @Test
    void theFieldsOfCorsAreNotWrittenByHand() {
        assertThat(ConfigFile.in(directory, "ui:\n  responseHeaders: {access-control-Allow-Origin: '*'}\n")
                        .problems())
                .singleElement()
                .asString()
                .contains("which other sites may read a response: write ui.cors");
    }

    @Test
    void corsReloadsAndHostsNeedARestart() {
        GatehouseConfig before = ConfigFile.in(directory, "").load();
        GatehouseConfig after = ConfigFile.in(
                        directory,
                        "ui:\n  cors: {allowedOrigins: ['https://a.example']}\n"
                                + "  applicationHosts: {domain: apps.example.com, mainHost: spark.example.com}\n")
                .load();
        ReloadPlan plan = ReloadPlan.of(before, after);
        assertThat(plan.effective().ui().cors()).isEqualTo(after.ui().cors());
        assertThat(plan.effective().ui().applicationHosts()).isNull();
        assertThat(plan.refusals()).hasSize(1).allMatch(refusal -> refusal.contains("ui.applicationHosts"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            {domain: apps.example.com}                                      | mainHost: the key is missing
            {domain: Apps.example.com, mainHost: spark.example.com}         | 'Apps.example.com' is no domain
            {domain: 'https://apps.example.com', mainHost: a.example}       | is no domain
            {domain: '*.apps.example.com', mainHost: a.example}             | is no domain
            {domain: apps.example.com, mainHost: 'spark.example.com:4040'}  | is no host name
            {domain: apps.example.com, mainHost: gate.apps.example.com}     | a host that an application could have
            {domain: apps.example.com, mainHost: apps.example.com}          | or for which applications can set cookies
            """)
    void hostsThatCannotBeAreRefused(String section, String what) {
        List<String> problems = ConfigFile.in(directory, "ui:\n  applicationHosts: " + section + "\n")
                .problems();
        assertThat(problems).singleElement().asString().contains(what);
    }
}
