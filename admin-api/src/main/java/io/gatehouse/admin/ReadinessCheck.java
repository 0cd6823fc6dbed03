// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.admin;

import java.util.function.Supplier;

/**
 * One condition of readiness, and what else operators want to read there.
 *
 * @param name short and constant
 * @param problem what is missing, empty when nothing is; called on an event loop, never blocks
 * @param note what is not as it should be though requests can be served; empty when nothing is. Called as {@code problem} is
 */
public record ReadinessCheck(String name, Supplier<String> problem, Supplier<String> note) {
    public ReadinessCheck(String name, Supplier<String> problem) {
        this(name, problem, () -> "");
    }
}
