// SPDX-License-Identifier: Apache-2.0
/**
 * Tests of the whole product: several modules together, and everything against real Spark.
 *
 * <p>Start with {@link io.gatehouse.it.DemoBrowserST}, which starts {@code ./gatehouse demo} as a user would and walks
 * through it in a real browser. {@link io.gatehouse.it.browser} is that browser.
 */
package io.gatehouse.it;
