// SPDX-License-Identifier: Apache-2.0
/**
 * Spark Connect's messages, as bytes: no generated classes, nothing collected, whatever the cuts between reads.
 *
 * <p>{@link io.gatehouse.session.wire.ConnectMethod} is the table of the service. {@link io.gatehouse.session.wire.KeyReader} reads from
 * the first bytes of a call what it is routed by; {@link io.gatehouse.session.wire.MessageEditor} puts the verified user and the session
 * into every message that passes. Both stand on {@code MessageWalker}, which knows the encoding. The words of ours that go to clients and
 * servers are in {@link io.gatehouse.session.wire.Messages} and {@link io.gatehouse.session.wire.SparkErrors}.
 */
@NullMarked
package io.gatehouse.session.wire;

import org.jspecify.annotations.NullMarked;
