// SPDX-License-Identifier: Apache-2.0
/**
 * What operators talk to: probes, metrics and admin calls on the management listener. Start at
 * {@link io.gatehouse.admin.ManagementRouter}. REST for users and the console come here with their issues.
 */
@NullMarked
package io.gatehouse.admin;

import org.jspecify.annotations.NullMarked;
