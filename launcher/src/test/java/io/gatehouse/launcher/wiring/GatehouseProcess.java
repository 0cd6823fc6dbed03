// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.wiring;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.gatehouse.launcher.Main;
import io.gatehouse.proxy.testkit.RawClient;
import io.gatehouse.proxy.testkit.Response;
import io.gatehouse.proxy.testkit.TestPki;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** {@code gatehouse} as a process of its own, as a script would start it. */
final class GatehouseProcess implements AutoCloseable {
    private static final String HEAP = "-Xmx128m";
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Process process;
    private final Path log;
    private final Path readyFile;
    private JsonNode ready = MissingNode.getInstance();

    private GatehouseProcess(Process process, Path log, Path readyFile) {
        this.process = process;
        this.log = log;
        this.readyFile = readyFile;
    }

    /** Starts it with these arguments; its output goes to a file in {@code folder}. */
    static GatehouseProcess start(Path folder, String... arguments) throws IOException {
        return start(folder, Map.of(), arguments);
    }

    /** The same, with further environment variables. */
    static GatehouseProcess start(Path folder, Map<String, String> environment, String... arguments)
            throws IOException {
        return start(folder, HEAP, environment, arguments);
    }

    private static GatehouseProcess start(
            Path folder, String heap, Map<String, String> environment, String... arguments) throws IOException {
        Path log = folder.resolve("gatehouse.log");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-Dio.netty.leakDetection.level=paranoid",
                "-XX:TieredStopAtLevel=1",
                heap,
                "-Djava.io.tmpdir=" + folder,
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().putAll(environment);
        Process process = builder.start();
        return new GatehouseProcess(process, log, folder.resolve("ready.json"));
    }

    /** {@code serve} with that configuration, up and running. */
    static GatehouseProcess serve(Path folder, Path config) throws IOException {
        return serve(folder, HEAP, config, folder.resolve("ready.json"));
    }

    /** The same with another heap. */
    static GatehouseProcess serve(Path folder, String heap, Path config) throws IOException {
        return serve(folder, heap, config, folder.resolve("ready.json"));
    }

    /** The same with a ready file elsewhere and further options. */
    static GatehouseProcess serve(Path folder, Path config, Path readyFile, String... options) throws IOException {
        return serve(folder, HEAP, config, readyFile, options);
    }

    private static GatehouseProcess serve(Path folder, String heap, Path config, Path readyFile, String... options)
            throws IOException {
        List<String> arguments =
                new ArrayList<>(List.of("serve", "--config", config.toString(), "--ready-file", readyFile.toString()));
        arguments.addAll(List.of(options));
        GatehouseProcess gatehouse = start(folder, heap, Map.of(), arguments.toArray(String[]::new));
        Awaitility.await().atMost(PATIENCE).until(() -> gatehouse.isReady(readyFile) || !gatehouse.process.isAlive());
        if (!gatehouse.process.isAlive()) {
            throw new IOException("gatehouse ended: " + gatehouse.log());
        }
        // The file says that it listens; its first look for applications is over later.
        Awaitility.await()
                .atMost(PATIENCE)
                .until(() -> gatehouse.get("management", "/readyz").status() == 200);
        return gatehouse;
    }

    /** Whether the file stands and is this process's; it is kept, because the process takes the file away before it ends. */
    private boolean isReady(Path file) throws IOException {
        if (!Files.exists(file)) {
            return false;
        }
        JsonNode content = new ObjectMapper().readTree(Files.readAllBytes(file));
        ready = content;
        return content.path("pid").asLong() == process.pid();
    }

    /** As the ready file has it. */
    String url(String door) {
        return ready.path(door).asText();
    }

    InetSocketAddress door(String name) {
        URI url = URI.create(url(name));
        return new InetSocketAddress(url.getHost(), url.getPort());
    }

    boolean isReadyFileThere() {
        return Files.exists(readyFile);
    }

    /** With TLS where the door has it, and trust in whatever it shows. */
    RawClient client(String door) throws IOException {
        return isSecure(door)
                ? new RawClient(TestPki.socket(TestPki.context(null, null), door(door), null))
                : new RawClient(door(door));
    }

    boolean isSecure(String door) {
        return ready.path(door).asText().startsWith("https:");
    }

    /** {@code POST /admin/reload}. */
    Response reload() throws IOException {
        return ask(
                "management",
                "POST /admin/reload HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    }

    Response get(String door, String path) throws IOException {
        return ask(door, "GET " + path + " HTTP/1.1\r\nHost: gatehouse.example\r\nConnection: close\r\n\r\n");
    }

    Response ask(String door, String request) throws IOException {
        try (RawClient client = client(door)) {
            return client.send(request).response();
        }
    }

    /** SIGTERM. */
    void terminate() {
        process.destroy();
    }

    /** SIGKILL. */
    void kill() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    long pid() {
        return process.pid();
    }

    int exitCode() throws InterruptedException {
        if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            throw new IllegalStateException("gatehouse does not end");
        }
        return process.exitValue();
    }

    String log() throws IOException {
        return Files.readString(log);
    }

    @Override
    public void close() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor();
    }
}
