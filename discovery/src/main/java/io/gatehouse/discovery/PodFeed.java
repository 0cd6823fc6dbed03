// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import java.net.InetAddress;

/** Port: the drivers' pods of one cluster, as they come, change and go. Looks again by itself after whatever kept it from looking. */
public interface PodFeed extends AutoCloseable {
    /** Called from any thread, for one pod in the order of its changes. */
    interface Listener {
        /** A pod is new, or has changed. */
        void changed(DriverPod pod);

        /** A pod is there no more. */
        void deleted(String uid);

        /** All pods that there are have been told. */
        void listed();

        /** Something keeps the feed from seeing how things are; a sentence for operators, empty when it is over. */
        void troubled(String trouble);
    }

    /** Begins to tell; once. */
    void start(Listener listener);

    /** Whether an address is that of a pod in which a driver in client mode may run, by its labels. */
    boolean mayRunDriver(InetAddress address);

    /** Ends the telling. */
    @Override
    void close();
}
