// SPDX-License-Identifier: Apache-2.0
/**
 * Which applications run where, and which request belongs to which of them.
 *
 * <p>{@link io.gatehouse.discovery.AppSource}s find applications; {@link io.gatehouse.discovery.AppRegistry} merges what
 * they found into an immutable {@link io.gatehouse.discovery.AppDirectory}; {@link io.gatehouse.discovery.UiRouter} reads
 * that directory once per request. {@link io.gatehouse.discovery.ListMergeFilter} puts what runs beside what has finished
 * while the History Server's list streams by.
 */
@NullMarked
package io.gatehouse.discovery;

import org.jspecify.annotations.NullMarked;
