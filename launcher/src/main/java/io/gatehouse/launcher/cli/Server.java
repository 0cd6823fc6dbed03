// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.cli;

import io.gatehouse.launcher.config.ConfigException;

/**
 * The server as the command line sees it. The composition root implements it; {@link ServeCommand} and {@link DemoCommand} call it once
 * per process, on the main thread, after the configuration is loaded and logging is set up.
 */
@FunctionalInterface
public interface Server {
    /** What the server is started for. */
    enum Kind {
        /** To serve what the configuration names. */
        SERVE,
        /** The same, in the place of a process that runs, without a gap. */
        TAKEOVER,
        /** To show itself: it also starts what there is to see. */
        DEMO
    }

    /**
     * Starts, runs until it is told to stop, and stops in order.
     *
     * @return the exit code, see {@link ExitCodes}
     * @throws ConfigException when the configuration turns out invalid only now
     * @throws Exception when the server cannot start or breaks down; the message is printed for people
     */
    int run(Kind kind, Launch launch) throws Exception;
}
