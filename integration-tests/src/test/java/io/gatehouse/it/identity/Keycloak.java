// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.it.identity;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.gatehouse.proxy.testkit.TestPorts;
import io.gatehouse.session.local.ChildCommand;
import io.gatehouse.session.local.ChildProcess;
import io.gatehouse.session.local.ChildProcesses;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A real Keycloak on loopback with the realm of {@code spark-realm.json}, kept in memory. The profile {@code nightly} unpacks it and says
 * where. It takes half a minute and more to start.
 */
final class Keycloak implements AutoCloseable {
    /** The client that is Gatehouse. */
    static final String CLIENT = "gatehouse";

    static final String SECRET = "s3cret & more:%";

    /** Another application, whose tokens are for Gatehouse too. */
    static final String NOTEBOOKS = "notebooks";

    /** One whose tokens are not. */
    static final String DASHBOARDS = "dashboards";

    private static final String REALM = "spark-realm.json";
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final JsonMapper JSON = new JsonMapper();

    private final HttpClient http = HttpClient.newHttpClient();
    private final ChildProcesses children;
    private final ChildProcess process;
    private final URI issuer;

    /** Starts it and returns when it answers; {@code folder} is for its log. */
    Keycloak(Path folder) throws IOException {
        int port = new TestPorts().pick();
        issuer = URI.create("http://127.0.0.1:" + port + "/realms/spark");
        children = new ChildProcesses(System.getenv(), folder, Duration.ofSeconds(10));
        Path home = home();
        Path imported = Files.createDirectories(home.resolve("data/import")).resolve(REALM);
        try (InputStream realm = Objects.requireNonNull(Keycloak.class.getResourceAsStream(REALM))) {
            Files.copy(realm, imported, StandardCopyOption.REPLACE_EXISTING);
        }
        process = children.start(new ChildCommand(
                "keycloak",
                List.of(
                        "bash",
                        home.resolve("bin/kc.sh").toString(),
                        "start-dev",
                        "--db=dev-mem",
                        "--http-host=127.0.0.1",
                        "--http-port=" + port,
                        "--import-realm"),
                Map.of("JAVA_HOME", System.getProperty("java.home"), "JAVA_OPTS_KC_HEAP", "-Xms64m -Xmx512m"),
                home));
        await("keycloak").pollInterval(Duration.ofMillis(500)).atMost(PATIENCE).until(this::answers);
    }

    /** The folder {@code keycloak-<version>} in the one that the build names. */
    private static Path home() throws IOException {
        Path unpacked = Path.of(Objects.requireNonNull(
                System.getProperty("gatehouse.keycloak"), "no gatehouse.keycloak: run with -Pnightly"));
        try (var folders = Files.list(unpacked)) {
            return folders.filter(folder -> Files.isRegularFile(folder.resolve("bin/kc.sh")))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("no Keycloak in " + unpacked));
        }
    }

    private boolean answers() throws InterruptedException {
        if (!process.isAlive()) {
            throw new AssertionError("keycloak has ended:\n" + String.join("\n", process.lastLogLines(40)));
        }
        try {
            return get("/.well-known/openid-configuration").statusCode() == 200;
        } catch (IOException notYet) {
            return false;
        }
    }

    URI issuer() {
        return issuer;
    }

    /** The keys that it publishes. */
    JsonNode keys() throws IOException, InterruptedException {
        return JSON.readTree(get("/protocol/openid-connect/certs").body()).required("keys");
    }

    /** The tokens of a user, as an application without a secret gets them: {@code access_token}, {@code refresh_token}, … */
    JsonNode tokens(String client, String name) throws IOException, InterruptedException {
        return JSON.readTree(grant(client, name, name + "-pw").body());
    }

    /** What it answers to a password. */
    HttpResponse<String> grant(String client, String name, String password) throws IOException, InterruptedException {
        String form = "grant_type=password&scope=openid&client_id=" + client + "&username=" + name + "&password="
                + URLEncoder.encode(password, StandardCharsets.UTF_8);
        HttpRequest request = HttpRequest.newBuilder(URI.create(issuer + "/protocol/openid-connect/token"))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(form))
                .build();
        return http.send(request, HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return http.send(
                HttpRequest.newBuilder(URI.create(issuer + path)).build(), HttpResponse.BodyHandlers.ofString());
    }

    @Override
    public void close() {
        children.close();
        http.close();
    }
}
