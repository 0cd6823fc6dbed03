// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.session.local;

import java.net.URI;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * One process of the demo, for the start-up lines that the launcher prints. Made by {@link DemoSpark#start()}.
 *
 * @param title for people: "History Server"
 * @param uri where it, or its Spark UI, answers, on loopback; empty for the application that only runs to its end
 * @param process the process, also for its log
 * @param ready completes when the part has done what it is there for: it answers, or it ended with exit code 0. Fails
 *     with a {@link SparkSetupException} that says why and shows the end of the log
 */
public record DemoPart(String title, Optional<URI> uri, ChildProcess process, CompletableFuture<Void> ready) {

    /** What is known of it now, in a word: for a status page. */
    public Status status() {
        return switch (ready.state()) {
            case RUNNING -> Status.STARTING;
            case SUCCESS -> process.isAlive() ? Status.READY : Status.ENDED;
            case FAILED, CANCELLED -> Status.FAILED;
        };
    }

    /** The life of a part: STARTING, then READY, then ENDED; or FAILED instead of READY. */
    public enum Status {
        /** Started, and not heard of yet. */
        STARTING,
        /** Answers. */
        READY,
        /** Was ready once and runs no more. */
        ENDED,
        /** Ended, or was given up, before it was ready. */
        FAILED
    }
}
