// SPDX-License-Identifier: Apache-2.0
/**
 * HTTP/1.1 on the byte level (RFC 9110, RFC 9112): strict, resumable at any byte, without header objects. Start at
 * {@link io.gatehouse.proxy.http1.HeadDecoder}; {@link io.gatehouse.proxy.http1.BodyDecoder} takes over after the head.
 * Nothing here knows a channel; Netty's {@code ByteBuf} is the only type borrowed from it.
 */
@NullMarked
package io.gatehouse.proxy.http1;

import org.jspecify.annotations.NullMarked;
