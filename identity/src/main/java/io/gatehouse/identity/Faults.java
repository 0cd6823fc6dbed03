// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.identity;

import java.util.concurrent.CompletionException;

/** Faults as the log may have them: what happened and where, without messages, which might quote what a client has sent. */
final class Faults {
    private Faults() {}

    /** Where a failure came from, and of which kind it was. */
    static Throwable withoutMessage(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        Throwable shown = new IllegalStateException(cause.getClass().getName());
        shown.setStackTrace(cause.getStackTrace());
        return shown;
    }
}
