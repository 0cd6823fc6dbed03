// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.config;

import java.time.Instant;
import java.util.List;

/**
 * What became of one attempt to reload: the answer to {@code POST /admin/reload}, and what metrics count.
 *
 * @param outcome also the value of the metric's {@code result} label
 * @param at when the attempt ended
 * @param applied keys that changed
 * @param refused one sentence for each key that differs and needs a restart
 * @param errors why the attempt failed, one sentence each; the old configuration is in force then
 */
public record ReloadResult(
        Outcome outcome, Instant at, List<String> applied, List<String> refused, List<String> errors) {
    /** How an attempt ended. */
    public enum Outcome {
        /** Nothing differs from the configuration in force. */
        UNCHANGED,
        /** Every difference is in force. */
        APPLIED,
        /** At least one difference waits for a restart; the others are in force. */
        REFUSED,
        /** The configuration is invalid, or could not be applied; nothing changed. */
        FAILED
    }

    public ReloadResult {
        applied = List.copyOf(applied);
        refused = List.copyOf(refused);
        errors = List.copyOf(errors);
    }
}
