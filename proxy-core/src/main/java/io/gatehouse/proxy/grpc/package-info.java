// SPDX-License-Identifier: Apache-2.0
/**
 * The ports of a gRPC door: {@link io.gatehouse.proxy.grpc.CallRouter} looks at a call's head and first bytes and says what
 * becomes of it; {@link io.gatehouse.proxy.grpc.RoutedCall} edits what passes between the client and the server that was
 * chosen. What the messages mean is known behind these ports only; {@code http2} carries the bytes.
 */
@NullMarked
package io.gatehouse.proxy.grpc;

import org.jspecify.annotations.NullMarked;
