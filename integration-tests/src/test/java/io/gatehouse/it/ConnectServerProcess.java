// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.it;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.gatehouse.session.local.ChildProcess;
import io.gatehouse.session.local.ConnectServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A real Spark Connect server that takes calls, made by {@link SparkProcesses#startConnect}. */
record ConnectServerProcess(ConnectServer server, ChildProcess process) {
    private static final JsonMapper JSON = new JsonMapper();
    private static final int PATIENCE_SECONDS = 30;

    /** Where it takes calls. */
    URI grpc() {
        return server.grpc();
    }

    /** What Spark itself says of the jobs that it has run. */
    List<JsonNode> jobs() throws IOException {
        URI applications = server.uri().resolve("api/v1/applications/");
        String id = read(applications).path(0).path("id").asText();
        List<JsonNode> jobs = new ArrayList<>();
        read(applications.resolve(id + "/jobs")).forEach(jobs::add);
        return jobs;
    }

    private static JsonNode read(URI uri) throws IOException {
        try (InputStream in = uri.toURL().openStream()) {
            return JSON.readTree(in);
        }
    }

    /** From now on it takes connections and says nothing, as one that is cut off, or whose collector stops the world. */
    void pause() throws Exception {
        signal("STOP");
    }

    /** It goes on from where it was. */
    void resume() throws Exception {
        signal("CONT");
    }

    private void signal(String name) throws Exception {
        for (ProcessHandle each : all()) {
            int code = new ProcessBuilder("kill", "-s", name, Long.toString(each.pid()))
                    .inheritIO()
                    .start()
                    .waitFor();
            if (code != 0) {
                throw new IOException("kill -s " + name + " ended with " + code);
            }
        }
    }

    /** Spark's processes, without the one that watches over them. */
    private List<ProcessHandle> all() {
        return ProcessHandle.of(process.pid()).orElseThrow().descendants().toList();
    }

    /** Ends it at once, and returns when nothing of it is left. */
    void kill() throws Exception {
        ProcessHandle guardian = ProcessHandle.of(process.pid()).orElseThrow();
        // Spark first: whoever watches over it would end it in order.
        List<ProcessHandle> all = all();
        all.forEach(ProcessHandle::destroyForcibly);
        for (ProcessHandle each : all) {
            each.onExit().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        }
        guardian.destroyForcibly();
    }
}
