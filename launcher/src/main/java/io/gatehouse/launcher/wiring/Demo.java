// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.wiring;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.gatehouse.discovery.AppRegistry;
import io.gatehouse.discovery.Application;
import io.gatehouse.discovery.UiEndpoint;
import io.gatehouse.launcher.cli.Launch;
import io.gatehouse.launcher.config.ConfigLoader;
import io.gatehouse.launcher.config.DrainConfig;
import io.gatehouse.launcher.config.GatehouseConfig;
import io.gatehouse.proxy.Upstream;
import io.gatehouse.proxy.exchange.UpstreamClient;
import io.gatehouse.session.local.ChildProcesses;
import io.gatehouse.session.local.ConnectServer;
import io.gatehouse.session.local.DemoPart;
import io.gatehouse.session.local.DemoPorts;
import io.gatehouse.session.local.DemoSpark;
import io.gatehouse.session.local.FreePorts;
import io.gatehouse.session.local.JavaRuntimes;
import io.gatehouse.session.local.LocalSpark;
import io.gatehouse.session.local.SparkDistribution;
import io.gatehouse.session.local.SparkInstaller;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * {@code gatehouse demo}: real Spark with Gatehouse in front of it, on this machine. Starts a History Server, one
 * application that runs, one that finishes, and two Spark Connect servers; prints what to open; ends all of it when it is told to
 * stop.
 */
final class Demo {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration GRACE = Duration.ofSeconds(10);
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final Duration STEP = Duration.ofMillis(250);
    private static final int LARGEST_LIST = 1 << 20;

    /** Where the doors are to be, on this machine. */
    record DoorPorts(int ui, int connect, int management) {
        /** What nobody has now: those of the configuration where they are free. */
        static DoorPorts pick(FreePorts ports, GatehouseConfig config) throws IOException {
            return new DoorPorts(
                    ports.pick(config.ui().port()),
                    ports.pick(config.connect().port()),
                    ports.pick(config.management().port()));
        }

        /** The system's choice is free for certain. */
        static DoorPorts any() {
            return new DoorPorts(0, 0, 0);
        }
    }

    private final ProcessContext context;
    private final String version;
    private final PrintStream out;

    Demo(ProcessContext context, String version) {
        this.context = context;
        this.version = version;
        this.out = context.out();
    }

    void run(Launch launch, ServerProcess.StopSignal stop) throws Exception {
        Path folder = Files.createTempDirectory("gatehouse-demo-");
        try {
            launch.logging()
                    .apply(launch.loader().loadWithoutFile(defaults(folder)).logging());
            run(launch, stop, folder);
        } catch (InterruptedException | ClosedByInterruptException e) {
            if (!stop.isStopping()) {
                throw e;
            }
        } catch (Exception e) {
            Path logs = folder.resolve("logs");
            if (Files.exists(logs)) {
                // The message may name one of them.
                out.println("The demo failed. Its logs are kept in " + logs);
            } else {
                delete(folder);
            }
            throw e;
        }
        delete(folder);
    }

    private void run(Launch launch, ServerProcess.StopSignal stop, Path folder) throws Exception {
        try (ChildProcesses children = new ChildProcesses(context.environment(), folder.resolve("logs"), GRACE)) {
            FreePorts ports = new FreePorts();
            SparkDistribution spark;
            DoorPorts doorPorts;
            DemoPorts sparkPorts;
            DemoSpark.Parts parts;
            // Closed before the children are ended in order, which an interrupt would turn into a kill.
            try (ServerProcess.StopSignal.Interruption _ = stop.interruption()) {
                spark = spark(children);
                doorPorts = DoorPorts.pick(ports, launch.config());
                sparkPorts = DemoPorts.pick(ports, spark.hasConnect());
                out.println("Starting a History Server, a running and a finished application"
                        + (spark.hasConnect() ? ", two Spark Connect servers" : "") + " (Spark " + spark.version()
                        + ", logs in " + folder.resolve("logs") + ")…");
                parts = new DemoSpark(LocalSpark.in(spark, folder.resolve("spark")), children, folder, sparkPorts)
                        .start();
                await(parts);
            }
            List<UiEndpoint> local = parts.withUi().stream()
                    .flatMap(part -> part.uri().stream())
                    .map(uri -> new UiEndpoint(upstream(uri), null))
                    .toList();
            try (GatehouseServer server = start(launch, folder, doorPorts, sparkPorts, local)) {
                present(launch, server, parts, spark, stop);
            }
        }
    }

    /** Another program may have taken a port since it was picked; the system's choice is free for certain. */
    GatehouseServer start(Launch launch, Path folder, DoorPorts ports, DemoPorts sparkPorts, List<UiEndpoint> local)
            throws IOException {
        try {
            return GatehouseServer.start(withDemoConfig(launch, folder, ports, sparkPorts), version, out, () -> local);
        } catch (IOException e) {
            // With a cause it is a bind that failed; other mistakes, such as a missing file, would only be repeated.
            if (!(e.getCause() instanceof IOException)) {
                throw e;
            }
            return GatehouseServer.start(
                    withDemoConfig(launch, folder, DoorPorts.any(), sparkPorts), version, out, () -> local);
        }
    }

    /** Waits until there is something to see, says where, and waits for the end. */
    private void present(
            Launch launch,
            GatehouseServer server,
            DemoSpark.Parts parts,
            SparkDistribution spark,
            ServerProcess.StopSignal stop)
            throws Exception {
        URI history = parts.historyServer().uri().orElseThrow();
        Upstream runningUi = upstream(parts.runningApplication().uri().orElseThrow());
        String running = null;
        String finished = null;
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        try (ServerProcess.StopSignal.Interruption _ = stop.interruption()) {
            while (running == null || finished == null) {
                if (System.nanoTime() - deadline > 0) {
                    throw new IOException("the applications did not appear within five minutes");
                }
                Thread.sleep(STEP);
                running = idAt(runningUi, server.registry());
                finished = finished == null ? finishedId(server.client(), history) : finished;
            }
        }
        Map<String, Object> more = new LinkedHashMap<>();
        more.put("historyServer", history.toString());
        more.put("applications", Map.of("running", running, "finished", finished));
        ServerProcess.ReadyNote note = ServerProcess.ready(launch.readyFile(), server, more);
        try (note) {
            say(launch, server, running, finished);
            sayConnect(server, spark);
            out.println("Ctrl-C ends it and everything it started.");
            out.flush();
            stop.await();
            note.close();
            out.println("Ending everything…");
            server.drain(new DrainConfig(Duration.ZERO, Duration.ofSeconds(2)));
        }
    }

    private SparkDistribution spark(ChildProcesses children) throws Exception {
        JavaRuntimes runtimes = new JavaRuntimes(context.environment(), context.userHome());
        String home = context.environment().get("SPARK_HOME");
        return new SparkInstaller(children, context.environment(), out::println)
                .provide(
                        home == null || home.isEmpty() ? null : Path.of(home),
                        context.cache(),
                        runtimes.forSpark(null));
    }

    /** What suits the demo, where neither a variable nor a flag says otherwise. */
    private static Map<String, String> defaults(Path folder) {
        return Map.of(
                "accessLog.output", folder.resolve("access.log").toString(),
                "logging.format", "text",
                "logging.level", "warn",
                "discovery.interval", "1s");
    }

    private static Launch withDemoConfig(Launch launch, Path folder, DoorPorts ports, DemoPorts sparkPorts) {
        String source = "gatehouse demo";
        ConfigLoader loader = launch.loader()
                .withFlag(source, "ui.port", Integer.toString(ports.ui()))
                .withFlag(source, "connect.port", Integer.toString(ports.connect()))
                .withFlag(source, "management.port", Integer.toString(ports.management()))
                // The running application is a process of ours: no need to make the History Server load its log.
                .withFlag(source, "discovery.historyServer.clientMode", "false")
                .withFlag(source, "discovery.historyServer.url", "http://127.0.0.1:" + sparkPorts.historyServer())
                .withYaml(source, "pools", pools(sparkPorts.connectServers()));
        GatehouseConfig config = loader.loadWithoutFile(defaults(folder));
        return new Launch(config, loader, null, launch.readyFile(), launch.logging());
    }

    /** One pool with every server. Whoever tries things out forgets to end sessions, and shares the pool with nobody. */
    private static String pools(List<ConnectServer> servers) {
        String all =
                servers.stream().map(server -> "{url: '" + server.grpc() + "'}").collect(Collectors.joining(", "));
        return servers.isEmpty() ? "pools: []" : "pools: [{name: demo, maxSessionsPerUser: 0, servers: [" + all + "]}]";
    }

    /** Waits until all parts are up. */
    private void await(DemoSpark.Parts parts) throws IOException, InterruptedException {
        List<DemoPart> all = parts.all();
        boolean[] announced = new boolean[all.size()];
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            boolean ready = true;
            for (int i = 0; i < all.size(); i++) {
                DemoPart part = all.get(i);
                if (part.status() == DemoPart.Status.FAILED) {
                    throw failure(part);
                }
                boolean partReady = part.ready().isDone();
                if (partReady && !announced[i]) {
                    announced[i] = true;
                    out.println("  " + part.title() + ": ready");
                }
                ready &= partReady;
            }
            if (ready) {
                return;
            }
            if (System.nanoTime() - deadline > 0) {
                throw new IOException("Spark did not start within five minutes");
            }
            Thread.sleep(STEP);
        }
    }

    private static IOException failure(DemoPart part) {
        Throwable reason = part.ready().exceptionNow();
        return new IOException(part.title() + " failed: " + reason.getMessage(), reason);
    }

    private static Upstream upstream(URI uri) {
        return new Upstream(uri.getHost(), uri.getPort());
    }

    /** The id of the application whose UI that is, once it has said it. */
    private static @Nullable String idAt(Upstream ui, AppRegistry registry) {
        return registry.get().applications().stream()
                .filter(application -> application.ui().equals(ui) && application.listing() != null)
                .map(Application::id)
                .findFirst()
                .orElse(null);
    }

    /** The id of the finished application, once the History Server has read its log. */
    private static @Nullable String finishedId(UpstreamClient client, URI history) throws InterruptedException {
        try {
            UpstreamClient.Reply reply = client.get(
                            upstream(history),
                            "/api/v1/applications?status=completed",
                            LARGEST_LIST,
                            Duration.ofSeconds(3))
                    .get();
            JsonNode id = JSON.readTree(reply.body()).path(0).path("id");
            return id.isTextual() ? id.textValue() : null;
        } catch (ExecutionException | IOException notYet) {
            return null;
        }
    }

    void say(Launch launch, GatehouseServer server, String running, String finished) {
        out.printf(
                """

                Gatehouse is up. Open

                  all applications   %1$s/
                  the running one    %1$s%5$s/%3$s/
                  the finished one   %1$s/history/%4$s/
                  health, metrics    %2$s/readyz?verbose and /metrics
                """,
                server.uiUrl(),
                server.managementUrl(),
                running,
                finished,
                launch.config().ui().proxyBase());
    }

    /** What to give to PySpark, with something to paste; or why there is nothing. */
    void sayConnect(GatehouseServer server, SparkDistribution spark) {
        String url = server.connectUrl();
        if (url == null) {
            out.printf("%nSpark %s in %s has no Spark Connect to show.%n%n", spark.version(), spark.home());
            return;
        }
        out.printf(
                """
                  Spark Connect      %1$s

                For PySpark%2$s, on one line:

                  from pyspark.sql import SparkSession; SparkSession.builder.remote("%1$s").getOrCreate().range(3).show()

                """,
                // By this name, because PySpark sends a token in the clear to no other.
                url.replace("//127.0.0.1:", "//localhost:"),
                spark.python() == null ? "" : ", such as that of " + spark.python());
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }
}
