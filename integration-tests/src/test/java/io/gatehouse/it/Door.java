// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.gatehouse.it.browser.Page;
import io.gatehouse.session.local.SparkRelease;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * {@code gatehouse serve} in front of a History Server and of drivers at known addresses.
 *
 * @param main what a browser has in its address line for everything but applications with hosts of their own, without a path
 * @param basePath what every path begins with; {@code ""} where the door has a server of its own
 */
record Door(ServeProcess gatehouse, URI main, String basePath) implements AutoCloseable {
    /** Spark may have just been started. */
    private static final Duration PATIENCE = Duration.ofMinutes(4);

    /** Starts it; {@code folder} is made. */
    static Door open(Path folder, String basePath, URI history, URI... drivers) throws IOException {
        ServeProcess gatehouse = serve(folder, "basePath: \"" + basePath + "\"", history, drivers);
        return new Door(gatehouse, gatehouse.ui().resolve("/"), basePath);
    }

    /** The same with a host for each application, below {@code domain}; the browser of the tests finds all of {@code example.test}. */
    static Door withHosts(Path folder, String domain, String mainHost, URI history, URI... drivers) throws IOException {
        String hosts = "applicationHosts: {domain: %s, mainHost: %s}".formatted(domain, mainHost);
        ServeProcess gatehouse = serve(folder, hosts, history, drivers);
        URI main = URI.create("http://" + mainHost + ":" + gatehouse.ui().getPort() + "/");
        return new Door(gatehouse, main, "");
    }

    private static ServeProcess serve(Path folder, String ui, URI history, URI... drivers) throws IOException {
        String applications = Arrays.stream(drivers)
                .map(driver -> "    - {url: \"" + driver + "\"}\n")
                .collect(Collectors.joining());
        return ServeProcess.start(Files.createDirectories(folder), """
                ui: {port: 0, %s}
                management: {port: 0}
                discovery:
                  interval: 1s
                  # All drivers are at known addresses. Looking for them through the History Server would load logs that are still
                  # written, and in 4.3 the first log that it loads, if unfinished, breaks SQL pages of the others (500 for /static/sql).
                  historyServer: {url: "%s", clientMode: false}
                  applications:
                %s
                """.formatted(ui, history, applications));
    }

    /** The History Server's first page, with what runs. */
    URI list() {
        return at("/");
    }

    /** An address below the base path. */
    URI at(String path) {
        return main.resolve(basePath + path);
    }

    /** The pages of a running application. */
    SparkWalk live(Page page, SparkRelease release, String id) {
        String prefix = basePath + "/sparkui/" + id + "/";
        return new SparkWalk(page, release, list(), prefix, List.of(prefix));
    }

    /** The pages of a finished one. */
    SparkWalk finished(Page page, SparkRelease release, String id) {
        String prefix = basePath + "/history/" + id + "/";
        List<String> allowed = List.of(prefix, basePath + "/static/", basePath + "/api/v1/applications/" + id + "/");
        return new SparkWalk(page, release, list(), prefix, allowed);
    }

    /** Waits until Spark's REST list has all of these, as running or as finished. */
    void awaitListed(boolean completed, String... ids) {
        await("applications in the list of " + list())
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(listed(completed)).contains(ids));
    }

    /** Waits until discovery has noticed that an application does not run any more. */
    void awaitGone(String id) {
        URI data = gatehouse.ui().resolve(basePath + "/sparkui/" + id + "/api/v1/applications");
        await("503 for " + data).atMost(PATIENCE).until(() -> status(data) == HttpURLConnection.HTTP_UNAVAILABLE);
    }

    private static int status(URI uri) throws IOException {
        HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
        return connection.getResponseCode();
    }

    private List<String> listed(boolean completed) throws IOException {
        List<String> ids = new ArrayList<>();
        for (JsonNode application : gatehouse.json(basePath + "/api/v1/applications")) {
            if (application.path("attempts").path(0).path("completed").asBoolean() == completed) {
                ids.add(application.path("id").asText());
            }
        }
        return ids;
    }

    @Override
    public void close() {
        gatehouse.close();
    }
}
