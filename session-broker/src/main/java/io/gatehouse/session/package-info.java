// SPDX-License-Identifier: Apache-2.0
/**
 * Pools and sessions of Spark servers: what they are ({@link io.gatehouse.session.PoolSpec}, {@link io.gatehouse.session.SessionRecord}),
 * the ports through which they are known ({@link io.gatehouse.session.SessionStore}, {@link io.gatehouse.session.Fleet}) with what
 * implements those without a cluster ({@link io.gatehouse.session.MemorySessionStore}, {@link io.gatehouse.session.StaticFleet}), and where
 * a new session goes ({@link io.gatehouse.session.Placement}).
 */
@NullMarked
package io.gatehouse.session;

import org.jspecify.annotations.NullMarked;
