// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.grpc;

import io.gatehouse.proxy.ErrorType;
import io.gatehouse.proxy.Upstream;
import io.netty.buffer.ByteBuf;
import io.netty.util.AsciiString;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A call on its way: edits what passes, and hears how it goes. On the call's event loop only; never blocks.
 *
 * <p>Exactly one of {@link #ended}, {@link #failed}, {@link #reset} and {@link #cancelled} is called, once, and nothing after it.
 */
public interface RoutedCall {
    /** A short constant name for the access log and the metrics: the method, never a session or a user. */
    String route();

    /** Whose call it is, for the access log. */
    String user();

    /** Where it goes. */
    Upstream server();

    /** Metadata of ours for the server, with lower-case names. */
    Map<AsciiString, String> metadata();

    /**
     * The next bytes of the request body, from its first byte on.
     *
     * @param bytes taken over; they may be changed in place
     * @param end whether these were the last
     * @param out gets what goes to the server, and takes it over
     * @return null; or why the call fails, which then ends here and at the server, who has not got a whole message of what is wrong
     */
    @Nullable
    GrpcError request(ByteBuf bytes, boolean end, Consumer<ByteBuf> out);

    /** The next bytes of the answer's body, before the client gets them. They stay the caller's, unchanged. */
    default void answer(ByteBuf bytes) {}

    /**
     * Whether the client comes back by itself, and loses nothing, where the answer ends with {@link GrpcStatus#OK} after a whole
     * message: so that a process that ends can let go of it.
     */
    default boolean isResumable() {
        return false;
    }

    /**
     * The answer is complete: the server's own word.
     *
     * @param text {@code grpc-message}, decoded; empty where there is none
     */
    void ended(GrpcStatus status, String text);

    /**
     * The server could not be reached, its connection broke, or what it sent is no answer of gRPC.
     *
     * @param error what happened
     * @param begun whether the client has got a part of the answer
     * @return what the client is told
     */
    GrpcError failed(ErrorType error, boolean begun);

    /**
     * The call alone was broken off, by the server or for what it sent, without a status of gRPC; the connection to the server lives. That may
     * be the doing of the client, by a deadline say, and does not mean that the server has failed.
     *
     * @param status what a client of the server itself would see; {@link GrpcStatus#UNAVAILABLE} where the server has not looked at the
     *     call
     * @param begun whether the client has got a part of the answer
     * @return what the client is told
     */
    GrpcError reset(ErrorType error, GrpcStatus status, boolean begun);

    /** The client has gone, or was sent away. */
    void cancelled();
}
