// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.it.identity;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.gatehouse.identity.HashPassword;
import io.gatehouse.it.Program;
import io.gatehouse.it.cluster.ClusterBinaries;
import io.gatehouse.proxy.testkit.TestPorts;
import io.gatehouse.session.local.ChildCommand;
import io.gatehouse.session.local.ChildProcess;
import io.gatehouse.session.local.ChildProcesses;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A real OpenID Connect server on loopback, with users and keys in memory: after a restart it has other keys. Users are known by their
 * e-mail address, and their password is {@code <name>-pw}.
 */
public final class Dex implements AutoCloseable {
    /** The client that is Gatehouse, and another application of the same provider. */
    public static final String CLIENT = "gatehouse";

    public static final String OTHER_CLIENT = "dashboards";
    public static final String SECRET = "s3cret & more:%";

    private static final String NAME = "dex";
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final JsonMapper JSON = new JsonMapper();

    private final HttpClient http = HttpClient.newHttpClient();
    private final ChildProcesses children;
    private final Path config;
    private final URI issuer;
    private ChildProcess process;

    /** Prepares it; {@link #start} starts it. */
    public Dex(Path folder) throws IOException {
        int port = new TestPorts().pick();
        issuer = URI.create("http://127.0.0.1:" + port + "/dex");
        children = new ChildProcesses(System.getenv(), folder, Duration.ofSeconds(1));
        config = Files.writeString(
                folder.resolve("dex.json"),
                JSON.writeValueAsString(Map.of(
                        "issuer", issuer.toString(),
                        "listen", "127.0.0.1:" + port,
                        "clients", List.of(client(CLIENT), client(OTHER_CLIENT)),
                        "users", List.of(user("alice", "analysts", "admins"), user("bob")))));
    }

    private static Map<String, Object> client(String id) {
        return Map.of("id", id, "secret", SECRET, "name", id);
    }

    private static Map<String, Object> user(String name, String... groups) {
        // Dex takes none that costs less than 10.
        String line = new HashPassword(new SecureRandom(), 10)
                .line(name, (name + "-pw").getBytes(StandardCharsets.UTF_8), List.of());
        return Map.of(
                "email",
                name + "@example.com",
                "name",
                name,
                "hash",
                line.substring(name.length() + 1),
                "groups",
                groups);
    }

    public URI issuer() {
        return issuer;
    }

    /** Starts it, or starts it again, and returns when it answers. */
    public void start() throws IOException, InterruptedException {
        process = children.start(new ChildCommand(
                NAME, List.of(ClusterBinaries.find().path(NAME), config.toString()), Map.of(), config.getParent()));
        await("dex").pollInterval(Duration.ofMillis(20)).atMost(PATIENCE).until(this::answers);
    }

    /** Ends it at once; nobody answers at its port then. */
    public void kill() {
        Program.of(process, NAME).kill();
        await("the end of dex").atMost(PATIENCE).until(() -> !process.isAlive());
    }

    private boolean answers() throws InterruptedException {
        if (!process.isAlive()) {
            throw new AssertionError("dex has ended:\n" + String.join("\n", process.lastLogLines(20)));
        }
        try {
            URI document = URI.create(issuer + "/.well-known/openid-configuration");
            return http.send(HttpRequest.newBuilder(document).build(), HttpResponse.BodyHandlers.discarding())
                            .statusCode()
                    == 200;
        } catch (IOException notYet) {
            return false;
        }
    }

    /** How many tokens it was asked for since it was started last. */
    public long tokenRequests() throws IOException {
        try (Stream<String> lines = Files.lines(process.log())) {
            return lines.filter(line -> line.contains("msg=request method=POST path=/dex/token"))
                    .count();
        }
    }

    /** A token of a user, as an application gets it. */
    public String idToken(String client, String name) throws IOException, InterruptedException {
        String form = "grant_type=password&scope=openid+profile+email+groups&username=" + name
                + "%40example.com&password=" + name + "-pw";
        String credential = client + ":" + URLEncoder.encode(SECRET, StandardCharsets.UTF_8);
        HttpRequest request = HttpRequest.newBuilder(URI.create(issuer + "/token"))
                .header(
                        "Authorization",
                        "Basic " + Base64.getEncoder().encodeToString(credential.getBytes(StandardCharsets.US_ASCII)))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(form))
                .build();
        JsonNode answer = JSON.readTree(
                http.send(request, HttpResponse.BodyHandlers.ofString()).body());
        return answer.required("id_token").asText();
    }

    @Override
    public void close() {
        children.close();
        http.close();
    }
}
