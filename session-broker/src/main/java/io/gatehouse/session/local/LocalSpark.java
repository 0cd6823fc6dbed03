// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.session.local;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The command lines of Spark's own programs on this machine. {@link DemoSpark} hands them to {@link ChildProcesses}.
 *
 * <p>They run with plain {@code java} and not through {@code spark-submit} or {@code sbin}: those start a JVM to make
 * the command line for a second one, read {@code spark-env.sh}, and fork into the background. What they would have
 * set is set here.
 *
 * <p>All of them listen on loopback only, whatever extra settings say: the UIs because of SPARK_LOCAL_IP, the driver's
 * own ports because of its host and bind address. A port that is taken is an error, not a reason to try the next one,
 * which would leave the caller with a wrong address.
 */
public final class LocalSpark {

    private static final String LOOPBACK = "127.0.0.1";

    /** What Spark 4.3's own launcher gives its JVMs, see org.apache.spark.launcher.JavaModuleOptions. */
    private static final List<String> OPENED_PACKAGES = List.of(
            "java.base/java.lang",
            "java.base/java.lang.invoke",
            "java.base/java.lang.reflect",
            "java.base/java.io",
            "java.base/java.net",
            "java.base/java.nio",
            "java.base/java.util",
            "java.base/java.util.concurrent",
            "java.base/java.util.concurrent.atomic",
            "java.base/jdk.internal.ref",
            "java.base/sun.nio.ch",
            "java.base/sun.nio.cs",
            "java.base/sun.security.action",
            "java.base/sun.util.calendar",
            "java.security.jgss/sun.security.krb5");

    private static final String HISTORY_HEAP = "512m";
    private static final String DRIVER_HEAP = "768m";
    private static final String CONNECT_HEAP = "1g";

    private final SparkDistribution distribution;
    private final Path scratch;
    private final Path logSettings;

    private LocalSpark(SparkDistribution distribution, Path scratch, Path logSettings) {
        this.distribution = distribution;
        this.scratch = scratch;
        this.logSettings = logSettings;
    }

    /**
     * Prepares the folder that Spark's processes work in.
     *
     * @param scratch takes temporary files, shuffle data and the warehouse; the caller may delete it afterwards
     */
    public static LocalSpark in(SparkDistribution distribution, Path scratch) throws IOException {
        Path folder = scratch.toAbsolutePath();
        Files.createDirectories(folder.resolve("tmp"));
        return new LocalSpark(distribution, folder, Resources.copyTo(folder, "spark-log4j2.properties"));
    }

    /** A History Server, in the foreground. */
    public ChildCommand historyServer(HistoryServer server) {
        Map<String, String> settings = new LinkedHashMap<>(new TreeMap<>(server.configuration()));
        settings.put("spark.history.ui.port", Integer.toString(server.port()));
        settings.put("spark.history.fs.logDirectory", folderUri(server.eventLogs()));
        settings.put("spark.history.fs.update.interval", server.updateInterval().toSeconds() + "s");
        settings.put("spark.port.maxRetries", "0");
        List<String> command = java(HISTORY_HEAP);
        settings.forEach((key, value) -> command.add("-D" + key + "=" + value));
        command.add("org.apache.spark.deploy.history.HistoryServer");
        return new ChildCommand(server.name(), command, environment(), scratch);
    }

    /** A Spark Connect server in local mode, in the foreground. It writes no event log: its UI is all there is to see of it. */
    public ChildCommand connectServer(ConnectServer server) {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("spark.master", "local[2]");
        settings.put("spark.app.name", server.name());
        settings.put("spark.sql.shuffle.partitions", "4");
        // Of its own: a table that one server made is nothing that another one could know.
        settings.put("spark.sql.warehouse.dir", folderUri(scratch.resolve("warehouse-" + server.name())));
        settings.put("spark.local.dir", scratch.resolve("tmp").toString());
        settings.putAll(new TreeMap<>(server.configuration()));
        settings.putAll(onLoopback());
        settings.put("spark.connect.grpc.binding.address", LOOPBACK);
        settings.put("spark.connect.grpc.binding.port", Integer.toString(server.port()));
        settings.put("spark.ui.enabled", "true");
        settings.put("spark.ui.port", Integer.toString(server.uiPort()));
        List<String> command = java(server.configuration().getOrDefault("spark.driver.memory", CONNECT_HEAP));
        settings.forEach((key, value) -> command.add("-D" + key + "=" + value));
        command.add("org.apache.spark.sql.connect.service.SparkConnectServer");
        Map<String, String> environment = new LinkedHashMap<>(environment());
        if (distribution.python() != null) {
            // For functions in Python that clients send.
            environment.put("PYSPARK_PYTHON", distribution.python().toString());
        }
        return new ChildCommand(server.name(), command, environment, scratch);
    }

    /**
     * A PySpark application in local mode. The JVM starts Python, so the exit code is the script's.
     *
     * @throws SparkSetupException when the distribution has no Python
     */
    public ChildCommand pythonApplication(PythonApplication application) throws SparkSetupException {
        Path python = distribution.python();
        if (python == null) {
            throw new SparkSetupException("The Spark in " + distribution.home()
                    + " has no Python to run " + application.script().getFileName()
                    + " with: install python3, or set PYSPARK_PYTHON.");
        }
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("spark.master", "local[2]");
        settings.put("spark.ui.showConsoleProgress", "false");
        settings.put("spark.sql.shuffle.partitions", "4");
        settings.put("spark.sql.warehouse.dir", folderUri(scratch.resolve("warehouse")));
        settings.put("spark.local.dir", scratch.resolve("tmp").toString());
        settings.putAll(new TreeMap<>(application.configuration()));
        settings.putAll(driver(application));
        List<String> command = java(DRIVER_HEAP);
        command.add("org.apache.spark.deploy.SparkSubmit");
        settings.forEach((key, value) -> command.addAll(List.of("--conf", key + "=" + value)));
        command.add(application.script().toAbsolutePath().toString());
        command.addAll(application.arguments());
        Map<String, String> environment = new LinkedHashMap<>(environment());
        environment.put("PYSPARK_PYTHON", python.toString());
        environment.put("PYSPARK_DRIVER_PYTHON", python.toString());
        // What a script prints is in the log when it prints it, and not when a buffer is full.
        environment.put("PYTHONUNBUFFERED", "1");
        return new ChildCommand(application.name(), command, environment, scratch);
    }

    /** What is not the caller's to change. */
    private static Map<String, String> driver(PythonApplication application) {
        Map<String, String> settings = onLoopback();
        settings.put("spark.eventLog.enabled", "true");
        settings.put("spark.eventLog.dir", folderUri(application.eventLogs()));
        settings.put("spark.ui.enabled", Boolean.toString(application.uiPort().isPresent()));
        application.uiPort().ifPresent(port -> settings.put("spark.ui.port", Integer.toString(port)));
        return settings;
    }

    /** What keeps a driver's own ports to this machine. */
    private static Map<String, String> onLoopback() {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("spark.driver.host", LOOPBACK);
        settings.put("spark.driver.bindAddress", LOOPBACK);
        settings.put("spark.port.maxRetries", "0");
        return settings;
    }

    /** The part that all of Spark's JVMs share; the caller appends -D options, the main class and its arguments. */
    private List<String> java(String heap) {
        List<String> command = new ArrayList<>();
        command.add(distribution.java().executable().toString());
        // C1 and the serial collector: these are small, and a fast start matters more than a fast run.
        command.addAll(List.of("-Xmx" + heap, "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
        command.add("-XX:+IgnoreUnrecognizedVMOptions");
        OPENED_PACKAGES.forEach(name -> command.add("--add-opens=" + name + "=ALL-UNNAMED"));
        command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"));
        command.add("-Djava.io.tmpdir=" + scratch.resolve("tmp"));
        command.add("-Dlog4j2.configurationFile=" + logSettings.toUri());
        command.add("-Djava.net.preferIPv4Stack=true");
        Path home = distribution.home().toAbsolutePath();
        command.addAll(List.of("-cp", home.resolve("conf") + File.pathSeparator + home.resolve("jars") + "/*"));
        return command;
    }

    private Map<String, String> environment() {
        Path java = distribution.java().home();
        return Map.of(
                "SPARK_HOME",
                distribution.home().toAbsolutePath().toString(),
                "JAVA_HOME",
                java.toAbsolutePath().toString(),
                "SPARK_LOCAL_IP",
                LOOPBACK,
                "SPARK_LOCAL_HOSTNAME",
                "localhost");
    }

    private static String folderUri(Path folder) {
        return folder.toAbsolutePath().toUri().toString();
    }
}
