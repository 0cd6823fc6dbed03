// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.wiring;

import static org.awaitility.Awaitility.await;

import io.gatehouse.proxy.testkit.RawClient;
import io.gatehouse.proxy.testkit.Response;
import io.gatehouse.proxy.testkit.ScriptedUpstream;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Clients of one door that keep their connections as long as they may and connect anew when they are told to: some send
 * requests of 2 s, some short ones, and some a new connection for each. Every answer is checked.
 */
final class Load implements AutoCloseable {
    private static final int EACH = 4;
    private static final Duration SLOW = Duration.ofSeconds(2);

    private final InetSocketAddress door;
    private final boolean mayBeRefused;
    private final Queue<String> problems = new ConcurrentLinkedQueue<>();
    private final AtomicInteger answers = new AtomicInteger();
    private final AtomicInteger slow = new AtomicInteger();
    private final List<Thread> clients = new ArrayList<>();
    private volatile boolean ending;

    /** {@code mayBeRefused}: whether there are times at which nobody listens, which a client sees before it sends. */
    Load(InetSocketAddress door, boolean mayBeRefused) {
        this.door = door;
        this.mayBeRefused = mayBeRefused;
        for (int i = 0; i < EACH; i++) {
            clients.add(Thread.startVirtualThread(() -> run("slow", Integer.MAX_VALUE)));
            clients.add(Thread.startVirtualThread(() -> run("quick", Integer.MAX_VALUE)));
            clients.add(Thread.startVirtualThread(() -> run("quick", 1)));
        }
    }

    /** Answers with the last word of the path; {@code slow} takes 2 s. */
    static ScriptedUpstream upstream() throws IOException {
        return new ScriptedUpstream(connection -> {
            while (true) {
                String head = connection.head();
                boolean slow = head.contains("/slow ");
                if (slow) {
                    Thread.sleep(SLOW);
                }
                connection.ok(slow ? "slow" : "quick");
            }
        });
    }

    private void run(String word, int requests) {
        while (!ending) {
            try (RawClient client = connect()) {
                converse(client, word, requests);
            } catch (IOException | RuntimeException failure) {
                problems.add(word + ": " + failure);
            }
        }
    }

    /** Waits where nobody listens and that may be. */
    private RawClient connect() throws IOException {
        while (true) {
            try {
                return new RawClient(door);
            } catch (ConnectException refused) {
                if (!mayBeRefused || ending) {
                    throw refused;
                }
                pause(20);
            }
        }
    }

    private void converse(RawClient client, String word, int requests) throws IOException {
        for (int i = 0; i < requests && !ending; i++) {
            Response response = client.send("GET /sparkui/app/" + word + " HTTP/1.1\r\nHost: a\r\n\r\n")
                    .response();
            if (response.status() != 200 || !response.text().equals(word)) {
                problems.add(word + ": " + response.status() + " " + response.text());
            }
            answers.incrementAndGet();
            if (word.equals("slow")) {
                slow.incrementAndGet();
            }
            if ("close".equals(response.field("connection"))) {
                return;
            }
            pause(5);
        }
    }

    private static void pause(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Waits for that many more answers. */
    void awaitAnswers(int count) {
        int until = answers.get() + count;
        await().atMost(Duration.ofSeconds(30)).until(() -> answers.get() >= until);
    }

    /** Lets every client finish its request. */
    void end() throws InterruptedException {
        ending = true;
        for (Thread client : clients) {
            client.join();
        }
    }

    Queue<String> problems() {
        return problems;
    }

    /** Requests of 2 s that were answered. */
    int slow() {
        return slow.get();
    }

    @Override
    public void close() throws InterruptedException {
        end();
    }
}
