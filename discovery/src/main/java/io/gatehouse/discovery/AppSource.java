// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import java.util.function.Consumer;

/**
 * Port: something that finds applications. Implemented by lists of UIs, by the History Server, and by the pods of a cluster.
 */
public interface AppSource extends AutoCloseable {
    /** A short constant name, for logs and metrics. */
    String name();

    /**
     * Begins to look. Each time something has changed, all that is known goes to {@code found}, from any thread.
     */
    void start(Consumer<Findings> found);

    /**
     * Somebody asked for an application that is not known, or does not answer any more: look again soon. May be called often; never
     * blocks.
     */
    void lookSoon(String id);

    /** Whether the source has looked once, in vain or not. Part of readiness. */
    boolean isSynced();

    /** What keeps the source from seeing how things are now, as a sentence for operators; empty where nothing does. */
    default String trouble() {
        return "";
    }

    /** Stops looking. */
    @Override
    void close();
}
