// SPDX-License-Identifier: Apache-2.0
/**
 * The command line. {@link io.gatehouse.launcher.cli.GatehouseCommand} is the root and the way in; each command is one class, and all
 * that they need comes through constructors, so tests run them in process. {@link io.gatehouse.launcher.cli.Server} is what
 * {@code serve} and {@code demo} start.
 */
@NullMarked
package io.gatehouse.launcher.cli;

import org.jspecify.annotations.NullMarked;
