// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import java.util.List;
import java.util.function.Consumer;

/**
 * Port: something that finds running applications. Implemented by lists of UIs, by the History Server, and later by the
 * pods of a cluster.
 */
public interface AppSource extends AutoCloseable {
    /** A short constant name, for logs and metrics. */
    String name();

    /**
     * Begins to look. Each time something has changed, or at least at the end of each round, the whole present list goes
     * to {@code found}, from any thread.
     */
    void start(Consumer<List<Application>> found);

    /** Somebody asked for an application that is not known: look again soon. May be called often; never blocks. */
    void lookSoon();

    /** Whether the source has looked once, in vain or not. Part of readiness. */
    boolean isSynced();

    /** Stops looking. */
    @Override
    void close();
}
