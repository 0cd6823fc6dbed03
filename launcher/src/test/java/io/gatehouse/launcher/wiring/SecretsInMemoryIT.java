// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.identity.HashPassword;
import io.gatehouse.identity.NewApiKey;
import io.gatehouse.proxy.testkit.TestPki;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What clients have shown is not in Gatehouse's heap once it has been looked at, though their connections are still open. */
class SecretsInMemoryIT {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int CALLS = 3;

    /**
     * What a client shows.
     *
     * @param secrets texts that nobody may find
     */
    private record Form(String name, Map<String, String> metadata, String userId, List<String> secrets) {}

    private final StringBuilder users = new StringBuilder();
    private final StringBuilder keys = new StringBuilder();

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void noPasswordAndNoTokenIsInAHeapDumpAfterItsLogin(boolean tls) throws Exception {
        // Given
        List<Form> forms = forms();
        try (ConnectServer spark = new ConnectServer("spark", null);
                GatehouseProcess gatehouse = GatehouseProcess.serve(folder, config(spark.port(), tls))) {
            List<ConnectCaller> open = new ArrayList<>();
            try {
                // When
                for (Form form : forms) {
                    ConnectCaller client = new ConnectCaller(gatehouse.door("connect"), tls, false);
                    open.add(client);
                    for (int i = 0; i < CALLS; i++) {
                        assertThat(client.call(form.metadata(), form.userId()))
                                .as(form.name())
                                .isTrue();
                    }
                }
                String dump = dump(gatehouse);

                // Then
                for (Form form : forms) {
                    assertThat(isIn(dump, form.name()))
                            .as("the user %s, who may be found", form.name())
                            .isTrue();
                    for (String secret : form.secrets()) {
                        assertThat(isIn(dump, secret))
                                .as("a secret of %s", form.name())
                                .isFalse();
                    }
                }
            } finally {
                for (ConnectCaller client : open) {
                    client.close();
                }
            }
        }
    }

    /** A query may take hours; its metadata stays that long (docs/hardening.md), but not what its message says of the user. */
    @Test
    void aCallThatGoesOnHasNoPasswordOfItsMessage() throws Exception {
        Form form = forms().stream()
                .filter(each -> each.metadata().isEmpty())
                .findFirst()
                .orElseThrow();
        try (ConnectServer spark = new ConnectServer("spark", null);
                GatehouseProcess gatehouse = GatehouseProcess.serve(folder, config(spark.port(), false));
                ConnectCaller client = new ConnectCaller(gatehouse.door("connect"), false, false)) {
            assertThat(client.begin(form.metadata(), form.userId())).isTrue();

            String dump = dump(gatehouse);

            assertThat(form.secrets()).noneMatch(secret -> isIn(dump, secret));
        }
    }

    /**
     * What docs/hardening.md says of clients that index: the table of the connection is HPACK's, and the client says what is in it. Shows
     * that the search of this test finds what is there, too.
     */
    @Test
    void whatAClientPutsIntoTheTableOfItsConnectionIsThereUntilThatEnds() throws Exception {
        Form form = forms().getFirst();
        try (ConnectServer spark = new ConnectServer("spark", null);
                GatehouseProcess gatehouse = GatehouseProcess.serve(folder, config(spark.port(), false))) {
            String whileOpen;
            try (ConnectCaller client = new ConnectCaller(gatehouse.door("connect"), false, true)) {
                assertThat(client.call(form.metadata(), form.userId())).isTrue();
                whileOpen = dump(gatehouse);
            }
            assertThat(form.secrets()).anyMatch(secret -> isIn(whileOpen, secret));
            await().untilAsserted(() -> {
                String afterwards = dump(gatehouse);
                assertThat(form.secrets()).noneMatch(secret -> isIn(afterwards, secret));
            });
        }
    }

    private List<Form> forms() {
        String basic = password("user-of-basic");
        String fields = password("user-of-two-fields");
        String id = password("user-of-user-id");
        String token = password("user-of-token");
        NewApiKey key = NewApiKey.make(RANDOM, "user-of-api-key", List.of());
        keys.append(key.line()).append('\n');
        return List.of(
                new Form(
                        "user-of-basic",
                        Map.of("authorization", "Basic " + base64("user-of-basic", basic)),
                        "",
                        List.of(basic, base64("user-of-basic", basic))),
                new Form(
                        "user-of-two-fields",
                        Map.of("x-spark-username", "user-of-two-fields", "x-spark-password", fields),
                        "",
                        List.of(fields)),
                new Form(
                        "user-of-user-id",
                        Map.of(),
                        base64("user-of-user-id", id),
                        List.of(id, base64("user-of-user-id", id))),
                new Form(
                        "user-of-token",
                        Map.of("authorization", "Bearer " + base64("user-of-token", token)),
                        "",
                        List.of(token, base64("user-of-token", token))),
                new Form("user-of-api-key", Map.of("authorization", "Bearer " + key.key()), "", List.of(key.key())));
    }

    /** A new password, of which a line is in the users file. */
    private String password(String user) {
        byte[] random = new byte[15];
        RANDOM.nextBytes(random);
        String password = HexFormat.of().formatHex(random);
        users.append(new HashPassword(RANDOM, 4).line(user, password.getBytes(StandardCharsets.UTF_8), List.of()))
                .append('\n');
        return password;
    }

    private static String base64(String user, String password) {
        return Base64.getEncoder()
                .withoutPadding()
                .encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
    }

    private Path config(int spark, boolean tls) throws IOException {
        String secure = "";
        if (tls) {
            var files = TestPki.files(folder, "door", new TestPki().issue("127.0.0.1"));
            secure = ", tls: {certFile: %s, keyFile: %s}".formatted(files.certFile(), files.keyFile());
        }
        return Files.writeString(folder.resolve("gatehouse.yaml"), """
                ui: {port: 0}
                connect: {port: 0%s}
                management: {port: 0}
                accessLog: {output: off}
                identity: {usersFile: %s, apiKeysFile: %s}
                pools: [{name: etl, servers: [{url: "http://127.0.0.1:%d"}]}]
                """.formatted(
                        secure,
                        Files.writeString(folder.resolve("users"), users),
                        Files.writeString(folder.resolve("api-keys"), keys),
                        spark));
    }

    /** All live objects, a byte for each character. */
    private String dump(GatehouseProcess gatehouse) throws IOException, InterruptedException {
        Path file = folder.resolve("heap.hprof");
        Files.deleteIfExists(file);
        Process jcmd = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                        Long.toString(gatehouse.pid()),
                        "GC.heap_dump",
                        file.toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(jcmd.waitFor()).as(said).isZero();
        return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
    }

    /** Of one byte for each character, or of two in the order of this machine, as the JVM keeps texts. */
    private static boolean isIn(String dump, String text) {
        return dump.contains(text)
                || dump.contains(new String(text.getBytes(StandardCharsets.UTF_16LE), StandardCharsets.ISO_8859_1))
                || dump.contains(new String(text.getBytes(StandardCharsets.UTF_16BE), StandardCharsets.ISO_8859_1));
    }
}
