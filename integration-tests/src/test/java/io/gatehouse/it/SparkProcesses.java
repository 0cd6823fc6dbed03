// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.it;

import io.gatehouse.proxy.testkit.TestPorts;
import io.gatehouse.session.local.ChildCommand;
import io.gatehouse.session.local.ChildProcess;
import io.gatehouse.session.local.ChildProcesses;
import io.gatehouse.session.local.ConnectServer;
import io.gatehouse.session.local.HistoryServer;
import io.gatehouse.session.local.JavaRuntime;
import io.gatehouse.session.local.JavaRuntimes;
import io.gatehouse.session.local.LocalSpark;
import io.gatehouse.session.local.PythonApplication;
import io.gatehouse.session.local.SparkDistribution;
import io.gatehouse.session.local.SparkInstaller;
import io.gatehouse.session.local.SparkRelease;
import io.gatehouse.session.local.SparkSetupException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Set;
import org.awaitility.Awaitility;

/**
 * Real Spark for the tests of one class: drivers and History Servers of several releases side by side, all on loopback, over
 * one folder of event logs. A release is installed where it is missing. Closing ends them all.
 */
final class SparkProcesses implements AutoCloseable {
    private static final Duration GRACE = Duration.ofSeconds(20);
    private static final Duration UPDATE_INTERVAL = Duration.ofSeconds(1);
    private static final String SCRIPT = "every_page.py";
    private static final int DEFAULT_UI_PORT = 4040;

    /** What an application of {@link #start} is like. */
    enum Trait {
        /** One small job instead of something for every page. */
        BRIEF,
        /** Ends as soon as it has done its work, instead of running until it is told to end. */
        ENDING
    }

    private final Path folder;
    private final Path cache;
    private final ChildProcesses children;
    private final SparkInstaller installer;
    private final JavaRuntime java;
    private final TestPorts ports = new TestPorts();
    private final Map<SparkRelease, Installed> sparks = new HashMap<>();

    private SparkProcesses(Path folder, Path cache, ChildProcesses children, JavaRuntime java) throws IOException {
        this.folder = folder;
        this.cache = cache;
        this.children = children;
        this.installer = new SparkInstaller(children, System.getenv(), System.out::println);
        this.java = java;
        Files.createDirectories(eventLogs());
        try (InputStream in = SparkProcesses.class.getResourceAsStream(SCRIPT)) {
            Files.copy(in, folder.resolve(SCRIPT));
        }
    }

    /** {@code folder}: the test's own, and empty. */
    static SparkProcesses in(Path folder) throws IOException, SparkSetupException {
        Map<String, String> environment = System.getenv();
        Path home = Path.of(System.getProperty("user.home"));
        String cache = environment.getOrDefault(
                "GATEHOUSE_CACHE", home.resolve(".cache/gatehouse").toString());
        return new SparkProcesses(
                folder,
                Path.of(cache),
                new ChildProcesses(environment, folder.resolve("logs"), GRACE),
                new JavaRuntimes(environment, home).forSpark(null));
    }

    /** What all drivers write their event logs to, and all History Servers read. */
    Path eventLogs() {
        return folder.resolve("event-logs");
    }

    /** A port for a driver that {@link #start} is to start. */
    int freePort() throws IOException {
        return ports.pick();
    }

    /**
     * Starts an application and does not wait for it.
     *
     * @param name of the process, and of the application where {@code configuration} does not name it
     * @param uiPort by {@link #freePort}
     * @param configuration more {@code spark.*} settings
     */
    Driver start(SparkRelease release, String name, int uiPort, Map<String, String> configuration, Trait... traits)
            throws IOException, SparkSetupException, InterruptedException {
        PythonApplication application = application(name, OptionalInt.of(uiPort), configuration, traits);
        Installed spark = spark(release);
        ChildProcess process = start(spark, spark.spark().pythonApplication(application));
        return driver(release, application.uri().orElseThrow(), process);
    }

    /**
     * The same for an application that listens at an address of its own, as in a pod.
     *
     * @param address of loopback
     * @param uiPort empty where it is not configured; then it is 4040, or one of the next fifteen where that is taken, and the driver
     *     has none that is known
     */
    Driver startAt(
            String address,
            OptionalInt uiPort,
            SparkRelease release,
            String name,
            Map<String, String> configuration,
            Trait... traits)
            throws IOException, SparkSetupException, InterruptedException {
        PythonApplication application = application(name, uiPort, configuration, traits);
        Installed spark = spark(release);
        ChildProcess process = start(spark, OwnAddress.of(spark.spark().pythonApplication(application), address));
        String host = address.contains(":") ? "[" + address + "]" : address;
        return driver(release, URI.create("http://" + host + ":" + uiPort.orElse(DEFAULT_UI_PORT) + "/"), process);
    }

    private Driver driver(SparkRelease release, URI ui, ChildProcess process) {
        return new Driver(release, ui, process, readyFile(process.name()), stopFile(process.name()));
    }

    private Path readyFile(String name) {
        return folder.resolve(name + ".ready");
    }

    private Path stopFile(String name) {
        return folder.resolve(name + ".stop");
    }

    private PythonApplication application(
            String name, OptionalInt uiPort, Map<String, String> configuration, Trait... traits) throws IOException {
        Set<Trait> wanted = EnumSet.noneOf(Trait.class);
        wanted.addAll(List.of(traits));
        if (wanted.contains(Trait.ENDING)) {
            Files.createFile(stopFile(name));
        }
        Map<String, String> settings = new HashMap<>(configuration);
        // Two for the job that waits to be killed, the others for everything else.
        settings.putIfAbsent("spark.master", "local[4]");
        return new PythonApplication(
                name,
                folder.resolve(SCRIPT),
                List.of(
                        readyFile(name).toString(),
                        stopFile(name).toString(),
                        settings.getOrDefault("spark.app.name", name),
                        wanted.contains(Trait.BRIEF) ? "brief" : "full"),
                uiPort,
                eventLogs(),
                settings);
    }

    /** Starts a History Server over {@link #eventLogs} and does not wait for it. */
    HistoryServerProcess startHistoryServer(SparkRelease release, String name, Map<String, String> configuration)
            throws IOException, SparkSetupException, InterruptedException {
        HistoryServer server = new HistoryServer(name, freePort(), eventLogs(), UPDATE_INTERVAL, configuration);
        Installed spark = spark(release);
        return new HistoryServerProcess(server.uri(), start(spark, spark.spark().historyServer(server)));
    }

    /** Starts a Connect server of the current release, and waits until it takes calls. */
    ConnectServerProcess startConnect(String name) throws IOException, SparkSetupException, InterruptedException {
        return startConnect(name, Map.of());
    }

    /** {@code configuration}: more {@code spark.*} settings. */
    ConnectServerProcess startConnect(String name, Map<String, String> configuration)
            throws IOException, SparkSetupException, InterruptedException {
        Map<String, String> settings = new HashMap<>(configuration);
        // For results of 200 MB.
        settings.put("spark.driver.memory", "3g");
        return startConnect(new ConnectServer(name, freePort(), freePort(), settings));
    }

    /** The same where its ports are known beforehand: those of one that has ended. */
    ConnectServerProcess startConnect(ConnectServer server)
            throws IOException, SparkSetupException, InterruptedException {
        Installed spark = spark(SparkRelease.CURRENT);
        ChildProcess process = start(spark, spark.spark().connectServer(server));
        Awaitility.await().atMost(Duration.ofMinutes(3)).until(() -> listens(server.grpc()));
        return new ConnectServerProcess(server, process);
    }

    private static boolean listens(URI server) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.getPort())) {
            return socket.isConnected();
        } catch (IOException notYet) {
            return false;
        }
    }

    /** The Python that has PySpark of the current release, with its Connect client. */
    Path python() throws IOException, SparkSetupException, InterruptedException {
        return python(ConnectClient.CURRENT);
    }

    /** The Python that has a client. */
    Path python(ConnectClient client) throws IOException, SparkSetupException, InterruptedException {
        SparkRelease release = client == ConnectClient.PREVIOUS ? SparkRelease.PREVIOUS : SparkRelease.CURRENT;
        SparkDistribution distribution = installer.provideOwn(release, cache, java);
        Path python = Objects.requireNonNull(distribution.python());
        return switch (client) {
            case CURRENT -> python;
            case PREVIOUS ->
                ClientEnvironment.of(client, cache)
                        .provide(children, python, distribution.home().getParent());
            case WITHOUT_JVM -> ClientEnvironment.of(client, cache).provide(children, python, null);
        };
    }

    private ChildProcess start(Installed spark, ChildCommand command) throws IOException {
        return children.start(spark.archive().usedBy(command));
    }

    private Installed spark(SparkRelease release) throws IOException, SparkSetupException, InterruptedException {
        Installed known = sparks.get(release);
        if (known != null) {
            return known;
        }
        SparkDistribution distribution = installer.provideOwn(release, cache, java);
        LocalSpark spark = LocalSpark.in(distribution, folder.resolve("scratch-" + release.version()));
        SparkArchive archive = SparkArchive.in(cache.resolve("pyspark-" + release.version()), java);
        archive.provide(children, spark.pythonApplication(training(release)));
        Installed installed = new Installed(spark, archive);
        sparks.put(release, installed);
        return installed;
    }

    /** An application with all pages, whose event log nobody is to see. */
    private PythonApplication training(SparkRelease release) throws IOException {
        Path unseen = Files.createDirectories(folder.resolve("training"));
        PythonApplication like =
                application("training-" + release.version(), OptionalInt.of(freePort()), Map.of(), Trait.ENDING);
        return new PythonApplication(
                like.name(), like.script(), like.arguments(), like.uiPort(), unseen, like.configuration());
    }

    /** A release that is installed, and what its JVMs start with. */
    private record Installed(LocalSpark spark, SparkArchive archive) {}

    @Override
    public void close() {
        children.close();
    }
}
