// SPDX-License-Identifier: Apache-2.0
/** Meters, registered once for each route and kept; a request looks up its route and nothing else by name. */
@NullMarked
package io.gatehouse.proxy.metrics;

import org.jspecify.annotations.NullMarked;
