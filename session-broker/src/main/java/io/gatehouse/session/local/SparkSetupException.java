// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.session.local;

/**
 * Spark cannot be run on this machine as it is. The message is for the person at the terminal: it says what is missing
 * or went wrong, where the log is, and what to do. The launcher prints it without a stack trace.
 */
public final class SparkSetupException extends Exception {

    private static final long serialVersionUID = 1L;

    /** With a message that stands alone. */
    public SparkSetupException(String message) {
        super(message);
    }

    /** With the exception that led to it, for the debug log. */
    public SparkSetupException(String message, Throwable cause) {
        super(message, cause);
    }
}
