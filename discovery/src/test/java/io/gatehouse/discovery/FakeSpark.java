// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import io.gatehouse.proxy.Upstream;
import io.gatehouse.proxy.testkit.ScriptedUpstream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** A UI of a driver or a History Server on loopback, whose answers a test sets. Keeps what it was asked. */
final class FakeSpark implements AutoCloseable {
    static final String LIST = "/api/v1/applications";
    /** As a live UI says on every path while it starts. */
    static final String STARTING =
            response(200, "text/html;charset=utf-8", "Spark is starting up. Please wait a while until it's ready.");

    private final ScriptedUpstream server;
    private final Map<String, String> answers = new ConcurrentHashMap<>();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final Queue<String> next = new ConcurrentLinkedQueue<>();
    private volatile @Nullable String always;
    private volatile boolean hanging;

    FakeSpark() throws IOException {
        this.server = new ScriptedUpstream(connection -> {
            while (true) {
                String head = connection.head();
                requests.add(head);
                while (hanging) {
                    Thread.sleep(10);
                }
                String target = head.split(" ")[1];
                String path = target.contains("?") ? target.substring(0, target.indexOf('?')) : target;
                String once = next.poll();
                String fixed = once != null ? once : always;
                connection.send(
                        fixed != null ? fixed : answers.getOrDefault(path, response(404, "text/plain", "unknown")));
            }
        });
    }

    /** The UI of one running application. */
    static FakeSpark driver(String id) throws IOException {
        return new FakeSpark().runs(id);
    }

    FakeSpark runs(String id) {
        return lists(SparkJson.entry(id, "a name", false));
    }

    FakeSpark lists(String... entries) {
        return answers(LIST, response(200, "application/json", SparkJson.list(entries)));
    }

    /** The environment page of an application names this driver. */
    FakeSpark environment(String id, String... properties) {
        return answers(
                LIST + "/" + id + "/environment", response(200, "application/json", SparkJson.environment(properties)));
    }

    FakeSpark answers(String path, String response) {
        answers.put(path, response);
        return this;
    }

    /** The same answer whatever is asked; null for ordinary ones again. */
    void always(@Nullable String response) {
        always = response;
    }

    /** Answers to the next requests, whatever is asked; then as before. */
    void next(String... responses) {
        next.addAll(List.of(responses));
    }

    void hang(boolean hang) {
        hanging = hang;
    }

    static String response(int status, String type, String body) {
        return "HTTP/1.1 " + status + " X\r\nContent-Type: " + type + "\r\nContent-Length: "
                + body.getBytes(StandardCharsets.ISO_8859_1).length + "\r\n\r\n" + body;
    }

    static String redirect(String location) {
        return "HTTP/1.1 302 Found\r\nLocation: " + location + "\r\nContent-Length: 0\r\n\r\n";
    }

    Upstream upstream() {
        return new Upstream("127.0.0.1", port());
    }

    int port() {
        return server.port();
    }

    int connections() {
        return server.connections();
    }

    /** The heads of all requests so far. */
    List<String> requests() {
        return requests;
    }

    long requestsFor(String part) {
        return requests.stream().filter(head -> head.contains(part)).count();
    }

    @Override
    public void close() throws IOException {
        hanging = false;
        server.close();
    }
}
