// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.cli;

/**
 * What the process exits with; part of the public surface. A server that a signal stops ends in order, and the Java VM then exits
 * with 130 (SIGINT) or 143 (SIGTERM), whatever the command returns.
 */
public final class ExitCodes {
    /** The command did what it was asked to do. */
    public static final int OK = 0;
    /** The command failed while it ran. */
    public static final int RUNTIME = 1;
    /** The command line cannot be understood. */
    public static final int USAGE = 2;
    /** The configuration is invalid. */
    public static final int INVALID_CONFIG = 100;

    private ExitCodes() {}
}
