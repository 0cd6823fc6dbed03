// SPDX-License-Identifier: Apache-2.0
/**
 * The composition root: makes every object of the server from the configuration, by constructors. Start at
 * {@link io.gatehouse.launcher.wiring.GatehouseServer}.
 */
@NullMarked
package io.gatehouse.launcher.wiring;

import org.jspecify.annotations.NullMarked;
