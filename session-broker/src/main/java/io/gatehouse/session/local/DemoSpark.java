// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.session.local;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;

/**
 * The Spark side of {@code gatehouse demo}: a History Server, an application that runs on, and one that ends by
 * itself, so that the merged list shows both kinds; and Spark Connect servers where there are to be some. The launcher
 * makes one, starts it once, and ends it by closing the {@link ChildProcesses}.
 */
public final class DemoSpark {

    /** With a cold disk and a busy machine a driver was seen to take most of a minute. */
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private static final String APPLICATIONS = "api/v1/applications";

    private final LocalSpark spark;
    private final ChildProcesses children;
    private final Path folder;
    private final DemoPorts ports;
    private final Readiness readiness;

    /**
     * Prepares; starts nothing yet.
     *
     * @param folder takes the scripts and the event logs; logs of earlier demos that lie there are listed too
     */
    public DemoSpark(LocalSpark spark, ChildProcesses children, Path folder, DemoPorts ports) {
        this.spark = spark;
        this.children = children;
        this.folder = folder.toAbsolutePath();
        this.ports = ports;
        this.readiness = new Readiness(PATIENCE);
    }

    /** What {@link #start()} started. */
    public record Parts(
            DemoPart historyServer,
            DemoPart runningApplication,
            DemoPart finishedApplication,
            List<DemoPart> connectServers) {

        /** Copies the list. */
        public Parts {
            connectServers = List.copyOf(connectServers);
        }

        /** All of them, in the order in which to show them. */
        public List<DemoPart> all() {
            List<DemoPart> all = new ArrayList<>(List.of(historyServer, runningApplication, finishedApplication));
            all.addAll(connectServers);
            return all;
        }

        /** Those that have a Spark UI of their own as long as they run. */
        public List<DemoPart> withUi() {
            List<DemoPart> running = new ArrayList<>(List.of(runningApplication));
            running.addAll(connectServers);
            return running;
        }

        /** For tests: completes when all are ready, and fails when one fails. */
        CompletableFuture<Void> ready() {
            return CompletableFuture.allOf(all().stream().map(DemoPart::ready).toArray(CompletableFuture<?>[]::new));
        }
    }

    /** Starts the processes side by side, and returns at once; how they get on is in the parts. */
    public Parts start() throws IOException, SparkSetupException {
        Path eventLogs = Files.createDirectories(folder.resolve("event-logs"));
        HistoryServer history = new HistoryServer("history-server", ports.historyServer(), eventLogs);
        PythonApplication running = application("running_app", OptionalInt.of(ports.runningApplication()), eventLogs);
        PythonApplication finished = application("finished_app", OptionalInt.empty(), eventLogs);

        ChildProcess historyProcess = children.start(spark.historyServer(history));
        ChildProcess runningProcess = children.start(spark.pythonApplication(running));
        ChildProcess finishedProcess = children.start(spark.pythonApplication(finished));

        List<DemoPart> connectServers = new ArrayList<>();
        for (ConnectServer server : ports.connectServers()) {
            connectServers.add(start(server));
        }

        URI runningUri = running.uri().orElseThrow();
        return new Parts(
                new DemoPart(
                        "History Server",
                        Optional.of(history.uri()),
                        historyProcess,
                        readiness.answers(history.uri().resolve(APPLICATIONS), historyProcess)),
                new DemoPart(
                        "Running application",
                        Optional.of(runningUri),
                        runningProcess,
                        readiness.answers(runningUri.resolve(APPLICATIONS), runningProcess)),
                new DemoPart(
                        "Finished application", Optional.empty(), finishedProcess, readiness.endsWell(finishedProcess)),
                connectServers);
    }

    /** Its UI is up before it takes calls. */
    private DemoPart start(ConnectServer server) throws IOException {
        ChildProcess process = children.start(spark.connectServer(server));
        return new DemoPart(
                "Spark Connect server at " + server.port(),
                Optional.of(server.uri()),
                process,
                readiness.listens(server.address(), process));
    }

    private PythonApplication application(String script, OptionalInt uiPort, Path eventLogs) throws IOException {
        return new PythonApplication(
                script.replace('_', '-'),
                Resources.copyTo(folder.resolve("scripts"), script + ".py"),
                List.of(),
                uiPort,
                eventLogs,
                Map.of());
    }
}
