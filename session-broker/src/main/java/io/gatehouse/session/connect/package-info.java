// SPDX-License-Identifier: Apache-2.0
/**
 * The judgement of the connect door, behind the ports of {@code io.gatehouse.proxy.grpc}. {@link
 * io.gatehouse.session.connect.ConnectRouter} is where to start: it says which classes a call passes, and in which order.
 *
 * <p>What clients see when something is wrong stands in {@code Refusals}, and where Spark has an error of its own for it, in {@link
 * io.gatehouse.session.wire.SparkErrors}.
 */
@NullMarked
package io.gatehouse.session.connect;

import org.jspecify.annotations.NullMarked;
