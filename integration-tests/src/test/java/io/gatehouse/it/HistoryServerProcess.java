// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.it;

import static org.awaitility.Awaitility.await;

import io.gatehouse.session.local.ChildProcess;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.time.Duration;

/**
 * A real History Server, made by {@link SparkProcesses#startHistoryServer}.
 *
 * @param uri of its first page, with a slash at its end
 */
record HistoryServerProcess(URI uri, ChildProcess process) {
    private static final Duration PATIENCE = Duration.ofMinutes(4);

    /** Waits until it knows an application, finished or not. */
    void awaitListed(String id) {
        await(id + " in the History Server").atMost(PATIENCE).until(() -> lists(id));
    }

    private boolean lists(String id) {
        try {
            HttpURLConnection connection = (HttpURLConnection)
                    uri.resolve("api/v1/applications/" + id).toURL().openConnection();
            return connection.getResponseCode() == HttpURLConnection.HTTP_OK;
        } catch (IOException notYet) {
            return false;
        }
    }

    /** Lets it answer nobody, until {@link #resume}. */
    void pause() {
        Program.of(process, "java").pause();
    }

    /** Lets it go on, if it was to pause. */
    void resume() {
        Program.of(process, "java").resume();
    }
}
