// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.it;

import io.gatehouse.identity.HashPassword;
import io.gatehouse.proxy.testkit.TestPki;
import io.gatehouse.proxy.testkit.TestPorts;
import io.gatehouse.proxy.tls.KeyPairFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Real PySpark through the Connect door, to two real Spark Connect servers. What it does stands in connect_sessions.py. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class ConnectST {
    @TempDir
    private static Path folder;

    private SparkProcesses spark;
    private ConnectServerProcess first;
    private ConnectServerProcess second;
    private Path python;
    private ClientScript script;
    private int port;
    private ServeProcess door;

    @BeforeAll
    void start() throws Exception {
        spark = SparkProcesses.in(Files.createDirectory(folder.resolve("spark")));
        python = spark.python();
        first = spark.startConnect("connect-1");
        second = spark.startConnect("connect-2");
        script = ClientScript.in(folder, "connect_sessions.py");
        HashPassword hash = new HashPassword(new SecureRandom(), 4);
        Files.write(
                folder.resolve("users"),
                List.of(
                        hash.line("alice", "wonderland".getBytes(StandardCharsets.UTF_8), Set.of()),
                        hash.line("bob", "builder:with:colons".getBytes(StandardCharsets.UTF_8), Set.of())));
        port = new TestPorts().pick();
        door = serve("door", port);
    }

    private ServeProcess serve(String name, int connectPort) throws IOException {
        return serve(name, connectPort, "maxConnections: 1000");
    }

    /** {@code more}: another key of the door. */
    private ServeProcess serve(String name, int connectPort, String more) throws IOException {
        Path own = Files.createDirectories(folder.resolve(name));
        Files.deleteIfExists(own.resolve("ready.json"));
        return ServeProcess.start(
                own, """
                ui: {port: 0}
                management: {port: 0}
                connect: {port: %d, %s}
                identity: {usersFile: %s}
                pools:
                  - name: etl
                    maxSessionsPerUser: 100
                    servers: [{url: "%s"}, {url: "%s"}]
                """.formatted(connectPort, more, folder.resolve("users"), first.grpc(), second.grpc()));
    }

    @AfterAll
    void stop() {
        if (door != null) {
            door.close();
        }
        if (spark != null) {
            spark.close();
        }
    }

    @ParameterizedTest
    @Order(1)
    @ValueSource(strings = {"isolation", "forgery", "forms", "operations", "volume"})
    void whatPySparkDoes(String scenario) throws Exception {
        run(scenario, door.connectAddress()).awaitOk();
    }

    @Test
    @Order(2)
    void twoGatehousesLeadEachCallToItsSession() throws Exception {
        try (ServeProcess other = serve("other", 0)) {
            run("spread", door.connectAddress(), other.connectAddress()).awaitOk();
        }
    }

    @Test
    @Order(3)
    void aQueryAndItsSessionOutliveGatehouse() throws Exception {
        // Given: a query of half a minute
        ClientRun query = run("survivor", door.connectAddress());
        query.awaitLine("running");

        // When
        door.kill();
        door = serve("door", port);

        // Then
        query.awaitOk();
    }

    @Test
    @Order(4)
    void aSessionWhoseServerSaysNothingForAWhileIsNotTakenForGone() throws Exception {
        // Given: sessions on both servers, of which the door knows nothing
        ClientRun sessions = run("silent", door.connectAddress());
        sessions.awaitLine("ready");
        door.kill();
        first.pause();
        door = serve("door", port);

        // When
        sessions.tell("silent");
        sessions.awaitLine("still silent");
        first.resume();

        // Then
        sessions.awaitOk();
    }

    @Test
    @Order(5)
    void aSessionWhoseServerIsGoneEndsAtOnceAndTheNextOneWorks() throws Exception {
        // Given: a session on each server
        ClientRun sessions = run("orphan", door.connectAddress());
        sessions.awaitLine("ready");

        // When
        first.kill();

        // Then
        sessions.tell("gone");
        sessions.awaitOk();
    }

    @Test
    @Order(2)
    void aTokenGoesOverTls() throws Exception {
        TestPki pki = new TestPki();
        KeyPairFiles files = TestPki.files(folder, "door", pki.issue("localhost"));
        try (ServeProcess secure =
                serve("secure", 0, "tls: {certFile: %s, keyFile: %s}".formatted(files.certFile(), files.keyFile()))) {
            script.run(python, pki.caFile(folder), "secure", secure.connectAddress())
                    .awaitOk();
        }
    }

    private ClientRun run(String... arguments) throws IOException {
        return script.run(python, arguments);
    }
}
