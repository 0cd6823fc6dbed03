// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.LoggerContext;
import io.gatehouse.identity.Identity;
import io.gatehouse.identity.IdentitySettings;
import io.gatehouse.launcher.Logging;
import io.gatehouse.launcher.config.ConfigDefaults;
import io.gatehouse.launcher.config.LogLevel;
import io.gatehouse.proxy.login.Credential;
import io.gatehouse.proxy.login.Login;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GatehouseCommandTest {
    @TempDir
    Path directory;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final List<Launch> launches = new ArrayList<>();
    private final List<Server.Kind> kinds = new ArrayList<>();
    private Map<String, String> environment = Map.of();
    private String typed = "";

    private int run(String... args) {
        return run(
                (kind, launch) -> {
                    kinds.add(kind);
                    launches.add(launch);
                    return ExitCodes.OK;
                },
                args);
    }

    private int run(Server server, String... args) {
        Logging logging = new Logging(new LoggerContext(), new ByteArrayOutputStream());
        return new GatehouseCommand(
                        server,
                        logging,
                        environment,
                        SecretPrompt.of(null, new ByteArrayInputStream(typed.getBytes(StandardCharsets.UTF_8))),
                        new PrintWriter(out, true),
                        new PrintWriter(err, true))
                .run(args);
    }

    private String file(String yaml) throws IOException {
        return Files.writeString(directory.resolve("gatehouse.yaml"), yaml).toString();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "nonsense",
                "serve",
                "serve --config",
                "serve -c f --port 1",
                "validate",
                "config",
                "import-config",
                "import-config --from nginx f",
                "demo -c f",
                "hash-password",
                "hash-password --cost 20 alice",
                "new-api-key",
                "new-api-key --group a,b etl"
            })
    void aCommandLineThatCannotBeUnderstoodExitsWith2(String line) {
        // When
        int code = run(line.isEmpty() ? new String[0] : line.split(" "));
        // Then
        assertThat(code).isEqualTo(2);
        assertThat(err.toString()).containsAnyOf("Usage: gatehouse", "Did you mean: gatehouse", "Unknown option");
        assertThat(launches).isEmpty();
    }

    @Test
    void helpAndVersionExitWith0() {
        assertThat(run("--help")).isEqualTo(0);
        assertThat(out.toString())
                .contains("serve", "demo", "validate", "config", "hash-password", "new-api-key", "100");
        assertThat(run("--version")).isEqualTo(0);
        assertThat(out.toString())
                .contains("gatehouse development (Java " + Runtime.version().feature());
    }

    @Test
    void defaultsArePrintedAsTheyAre() {
        // When
        int code = run("config", "--defaults");
        // Then
        assertThat(code).isEqualTo(0);
        assertThat(out).hasToString(ConfigDefaults.yaml());
    }

    @Test
    void aValidFileExitsWith0() throws IOException {
        // Given
        String file = file("ui: {port: 0}\n");
        // When
        int code = run("validate", "--config", file);
        // Then
        assertThat(code).isEqualTo(0);
        assertThat(out).hasToString(file + ": valid" + System.lineSeparator());
    }

    @Test
    void aFileThatTheConfigurationNamesIsValidatedToo() throws IOException {
        // Given
        Path users = Files.writeString(directory.resolve("users"), "alice:secret\n");
        String file = file("""
                identity: {usersFile: '%s'}
                pools: [{name: etl, servers: [{url: "http://127.0.0.1:1", tokenFile: /nowhere/token}]}]
                """.formatted(users));
        // When / Then
        assertThat(run("validate", "-c", file)).isEqualTo(100);
        assertThat(err.toString())
                .contains(users + ": identity.usersFile", "bcrypt")
                .doesNotContain("secret");
        Files.writeString(users, "alice:$2y$04$" + "a".repeat(53) + "\n");
        assertThat(run("validate", "-c", file)).isEqualTo(100);
        assertThat(err.toString()).contains("/nowhere/token: pools[0].servers[0].tokenFile: the file cannot be read");
    }

    @Test
    void anotherProductsFileBecomesOneThatIsValid() throws IOException {
        // Given
        String theirs = file("proxy: {port: 4044}\n");
        String ours = directory.resolve("ours.yaml").toString();
        // When: printed, and written
        assertThat(run("import-config", theirs)).isEqualTo(0);
        String printed = out.toString();
        assertThat(run("import-config", "--from", "spark-web-proxy", "--output", ours, theirs))
                .isEqualTo(0);
        // Then
        assertThat(printed).contains("port: 4044").isEqualTo(Files.readString(Path.of(ours)));
        assertThat(run("validate", "-c", ours)).isEqualTo(0);
        // And: what is there is not written over
        assertThat(run("import-config", "-o", ours, theirs)).isEqualTo(1);
        assertThat(err.toString()).contains("ours.yaml exists already");
        assertThat(Files.readString(Path.of(ours))).isEqualTo(printed);
    }

    @Test
    void anotherProductsFileThatIsInvalidExitsWith100() throws IOException {
        assertThat(run("import-config", file("proxy: {prot: 1}\n"))).isEqualTo(100);
        assertThat(err.toString()).contains(":1:9: proxy.prot: unknown key: did you mean port?");
        assertThat(out.toString()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"validate", "serve"})
    void anInvalidFileExitsWith100AndNumberedProblems(String command) throws IOException {
        // Given
        String file = file("ui: {prot: 1}\nthreads: x\n");
        // When
        int code = run(command, "-c", file);
        // Then
        assertThat(code).isEqualTo(100);
        assertThat(err.toString())
                .startsWith("Configuration is invalid:\n  1) " + file + ":1:6: ui.prot: unknown key")
                .contains("\n  2) " + file + ":2:10: threads: ");
        assertThat(launches).isEmpty();
    }

    @Test
    void anInvalidVariableExitsWith100() throws IOException {
        // Given
        environment = Map.of("GATEHOUSE_UI_PORT", "x");
        // When
        int code = run("validate", "-c", file(""));
        // Then
        assertThat(code).isEqualTo(100);
        assertThat(err.toString()).contains("environment variable GATEHOUSE_UI_PORT");
    }

    @Test
    void serveHandsTheServerWhatItNeeds() throws IOException {
        // Given
        Path file = Path.of(file("ui: {port: 0}\nlogging: {level: warn}\n"));
        // When
        int code = run("serve", "-c", file.toString(), "--ready-file", "ready.json", "--log-level", "trace");
        // Then
        assertThat(code).isEqualTo(0);
        assertThat(kinds).containsExactly(Server.Kind.SERVE);
        Launch launch = launches.getFirst();
        assertThat(launch.config().ui().port()).isEqualTo(0);
        assertThat(launch.configFile()).isEqualTo(file);
        assertThat(launch.readyFile()).isEqualTo(Path.of("ready.json"));
        assertThat(launch.logging().levels().levels()).containsEntry("ROOT", LogLevel.TRACE);
        assertThat(launch.loader().load(file)).isEqualTo(launch.config());
    }

    @Test
    void demoNeedsNoFile() {
        // Given
        environment = Map.of("GATEHOUSE_UI_PORT", "0");
        // When
        int code = run("demo");
        // Then
        assertThat(code).isEqualTo(0);
        assertThat(kinds).containsExactly(Server.Kind.DEMO);
        assertThat(launches.getFirst().config().ui().port()).isEqualTo(0);
        assertThat(launches.getFirst().configFile()).isNull();
        assertThat(launches.getFirst().readyFile()).isNull();
    }

    @Test
    void aServerThatCannotStartExitsWith1AndOneLine() throws IOException {
        // Given
        Server failing = (_, _) -> {
            throw new IOException("cannot listen on 127.0.0.1:4040: address already in use");
        };
        // When
        int code = run(failing, "serve", "-c", file(""));
        // Then
        assertThat(code).isEqualTo(1);
        assertThat(err.toString().lines())
                .containsExactly("gatehouse: cannot listen on 127.0.0.1:4040: address already in use");
    }

    @ParameterizedTest
    @ValueSource(strings = {"geheim\n", "geheim\r\nsecond line\n", "geheim"})
    void aPasswordFromStandardInputBecomesALineThatTheServerTakes(String input) throws Exception {
        // Given
        typed = input;
        // When
        int code = run("hash-password", "--cost", "4", "-g", "admins", "--group", "etl", "alice");
        // Then
        assertThat(code).isEqualTo(0);
        assertThat(out.toString().strip()).startsWith("alice:$2y$04$").endsWith(":admins,etl");
        assertThat(err.toString()).isEmpty();
        assertThat(logsIn(
                        new IdentitySettings(null, out.toString(), null, null),
                        new Credential.Password("alice", bytes("geheim"))))
                .isEqualTo("alice");
    }

    @Test
    void aPasswordThatWouldNotDoExitsWith1AndIsNotRepeated() {
        // Given
        typed = "x".repeat(73);
        // When
        int code = run("hash-password", "alice");
        // Then
        assertThat(code).isEqualTo(1);
        assertThat(err.toString()).contains("1 to 72 bytes").doesNotContain("xx");
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void aNewKeyIsShownOnceAndItsLineStandsAlone() throws Exception {
        // When
        int code = run("new-api-key", "-g", "admins", "nightly");
        // Then
        assertThat(code).isEqualTo(0);
        assertThat(out.toString().lines())
                .singleElement()
                .asString()
                .startsWith("nightly:")
                .endsWith(":admins");
        Matcher key = Pattern.compile("ghk_[A-Za-z0-9_-]{43}").matcher(err.toString());
        assertThat(key.find()).isTrue();
        assertThat(out.toString()).doesNotContain(key.group());
        assertThat(logsIn(new IdentitySettings(null, null, out.toString(), null), new Credential.Bearer(key.group())))
                .isEqualTo("nightly");
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String logsIn(IdentitySettings settings, Credential credential) throws Exception {
        try (Identity identity = Identity.open(settings, Clock.systemUTC(), System::nanoTime)) {
            Login login = identity.login(credential, InetAddress.getLoopbackAddress())
                    .toCompletableFuture()
                    .get(1, TimeUnit.MINUTES);
            return login instanceof Login.Granted granted ? granted.principal().name() : login.toString();
        }
    }

    @Test
    void theServersOwnExitCodeIsPassedOn() throws IOException {
        assertThat(run((_, _) -> 1, "serve", "-c", file(""))).isEqualTo(1);
    }
}
