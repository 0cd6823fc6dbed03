// SPDX-License-Identifier: Apache-2.0
/** What {@code gatehouse rewrite-check} does: {@link io.gatehouse.launcher.check.PageComparison} judges a page. */
@NullMarked
package io.gatehouse.launcher.check;

import org.jspecify.annotations.NullMarked;
