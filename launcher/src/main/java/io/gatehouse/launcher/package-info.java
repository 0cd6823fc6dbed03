// SPDX-License-Identifier: Apache-2.0
/**
 * The process: where it starts ({@link io.gatehouse.launcher.Main}), how it logs ({@link io.gatehouse.launcher.Logging}) and how it says
 * that it is up ({@link io.gatehouse.launcher.ReadyFile}). The command line is in {@code cli}, the configuration in {@code config}.
 */
@NullMarked
package io.gatehouse.launcher;

import org.jspecify.annotations.NullMarked;
