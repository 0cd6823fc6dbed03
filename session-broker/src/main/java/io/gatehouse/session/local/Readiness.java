// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.session.local;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Tells when a child process is up. Used by {@link DemoSpark}. It asks from a virtual thread of its own; nothing here
 * runs on an event loop, and nothing of it is left once the answer is there.
 *
 * @param patience how long a child may take
 */
record Readiness(Duration patience) {

    private static final Duration POLL = Duration.ofMillis(250);
    /** Short beside the patience: a server that takes connections and does not answer must not use it up in one go. */
    private static final Duration ATTEMPT = Duration.ofSeconds(3);

    private static final int LINES_IN_ERROR = 15;

    /** One look at a child; {@code deadline} is when the patience ends, in {@link System#nanoTime()}. */
    @FunctionalInterface
    private interface Attempt {
        boolean succeeds(long deadline, CompletableFuture<Integer> exit) throws InterruptedException;
    }

    /** Completes when {@code uri} answers 200; fails when the child ends first or the patience does. */
    CompletableFuture<Void> answers(URI uri, ChildProcess child) {
        CompletableFuture<Void> ready = new CompletableFuture<>();
        Thread.ofVirtual().name("ready-" + child.name()).start(() -> {
            HttpClient client = HttpClient.newBuilder().connectTimeout(ATTEMPT).build();
            try {
                poll((deadline, exit) -> isOk(client, request(uri, deadline), exit), child, ready);
            } finally {
                // close() would wait for an attempt that nobody waits for any more.
                client.shutdownNow();
            }
        });
        return ready;
    }

    /** Completes when {@code address} takes connections, for what speaks no HTTP/1.1; fails as {@link #answers} does. */
    CompletableFuture<Void> listens(InetSocketAddress address, ChildProcess child) {
        CompletableFuture<Void> ready = new CompletableFuture<>();
        Thread.ofVirtual()
                .name("ready-" + child.name())
                .start(() -> poll((_, _) -> takesConnections(address), child, ready));
        return ready;
    }

    /** Completes when the child ends with exit code 0; fails when it ends with another or runs out of patience. */
    CompletableFuture<Void> endsWell(ChildProcess child) {
        CompletableFuture<Void> ready = new CompletableFuture<>();
        Thread.ofVirtual().name("ready-" + child.name()).start(() -> awaitEnd(child, ready));
        return ready;
    }

    private void awaitEnd(ChildProcess child, CompletableFuture<Void> ready) {
        try {
            int code = child.onExit().get(patience.toMillis(), TimeUnit.MILLISECONDS);
            if (code == 0) {
                ready.complete(null);
            } else {
                ready.completeExceptionally(endedEarly(child, code));
            }
        } catch (TimeoutException e) {
            ready.completeExceptionally(tooSlow(child));
        } catch (InterruptedException | ExecutionException e) {
            ready.completeExceptionally(e);
        }
    }

    private void poll(Attempt attempt, ChildProcess child, CompletableFuture<Void> ready) {
        try {
            CompletableFuture<Integer> exit = child.onExit();
            long deadline = System.nanoTime() + patience.toNanos();
            // Whether the child runs is asked after the answer: another program may have the port.
            while (!(attempt.succeeds(deadline, exit) && !exit.isDone())) {
                if (endsWithin(POLL, exit)) {
                    ready.completeExceptionally(endedEarly(child, exit.join()));
                    return;
                }
                if (System.nanoTime() - deadline >= 0) {
                    ready.completeExceptionally(tooSlow(child));
                    return;
                }
            }
            ready.complete(null);
        } catch (InterruptedException | ExecutionException e) {
            ready.completeExceptionally(e);
        }
    }

    private static boolean takesConnections(InetSocketAddress address) {
        try (Socket socket = new Socket()) {
            socket.connect(address, (int) ATTEMPT.toMillis());
            return true;
        } catch (IOException e) {
            // Nobody listens yet.
            return false;
        }
    }

    /** An attempt ends with the patience at the latest. */
    private static HttpRequest request(URI uri, long deadline) {
        Duration left = Duration.ofNanos(Math.max(1, deadline - System.nanoTime()));
        return HttpRequest.newBuilder(uri)
                .timeout(left.compareTo(ATTEMPT) < 0 ? left : ATTEMPT)
                .build();
    }

    /** One attempt, which the child's end cuts short too: its port may be open and nobody behind it. */
    private static boolean isOk(HttpClient client, HttpRequest request, CompletableFuture<Integer> exit)
            throws InterruptedException {
        CompletableFuture<HttpResponse<Void>> answer =
                client.sendAsync(request, HttpResponse.BodyHandlers.discarding());
        try {
            CompletableFuture.anyOf(answer, exit).get();
        } catch (ExecutionException e) {
            // Nobody listens yet, or it is still starting to.
            return false;
        }
        return answer.isDone() && answer.join().statusCode() == 200;
    }

    /** The pause between two attempts, which the child's end cuts short. */
    private static boolean endsWithin(Duration pause, CompletableFuture<Integer> exit)
            throws InterruptedException, ExecutionException {
        try {
            exit.get(pause.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        }
    }

    private static SparkSetupException endedEarly(ChildProcess child, int code) {
        return new SparkSetupException(child.name() + " ended with exit code " + code + tail(child));
    }

    private SparkSetupException tooSlow(ChildProcess child) {
        return new SparkSetupException(
                child.name() + " was not ready within " + patience.toSeconds() + " s" + tail(child));
    }

    private static String tail(ChildProcess child) {
        return ". The last lines of " + child.log() + ":\n  " + String.join("\n  ", child.lastLogLines(LINES_IN_ERROR));
    }
}
