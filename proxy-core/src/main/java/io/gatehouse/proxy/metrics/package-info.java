// SPDX-License-Identifier: Apache-2.0
/** Meters, looked up once per route and kept; never by name on the path of a request. */
@NullMarked
package io.gatehouse.proxy.metrics;

import org.jspecify.annotations.NullMarked;
