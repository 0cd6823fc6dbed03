// SPDX-License-Identifier: Apache-2.0
/**
 * gRPC over HTTP/2, passed through: frames in, frames out, no channel per stream and no body in one piece. Start at {@link
 * io.gatehouse.proxy.http2.GrpcExchange}, one call and its answer; {@code ClientConnection} is what a client's frames come
 * in by, {@code ServerLink} a multiplexed connection to a server, of which each event loop has its own.
 *
 * <p>Flow control is carried through: what one side sends is given back to it as credit once the other side takes more. Only
 * streams hold anybody up; the window of a connection is opened again at once, so that one slow reader stops nobody else.
 */
@NullMarked
package io.gatehouse.proxy.http2;

import org.jspecify.annotations.NullMarked;
