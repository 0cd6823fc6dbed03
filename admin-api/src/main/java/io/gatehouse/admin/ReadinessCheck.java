// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.admin;

import java.util.function.Supplier;

/**
 * One condition of readiness.
 *
 * @param name short and constant
 * @param problem what is missing, empty when nothing is; called on an event loop, never blocks
 */
public record ReadinessCheck(String name, Supplier<String> problem) {}
