// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.grpc;

import io.netty.buffer.ByteBuf;
import java.util.concurrent.CompletionStage;

/**
 * Looks at the beginning of one call until it is clear what becomes of it. On the call's event loop only; never blocks.
 *
 * <p>{@link #begin} is called first; after each {@link Decision.More}, {@link #inspect} with the next bytes. No byte is forwarded
 * before there is a {@link Decision.Forward}.
 */
public interface CallInspector {
    /** What the head alone says. */
    Decision begin();

    /**
     * The next bytes of the request body. They stay the caller's, who forwards them later: they are neither changed nor
     * released here, and the reader index stays where it is.
     *
     * @param end whether these were the last
     */
    Decision inspect(ByteBuf bytes, boolean end);

    /**
     * The client is gone, or was sent away, before there was a decision other than {@link Decision.More}, or before the one that was
     * {@link Decision.Deferred}. A claim may have to be given back. A {@link RoutedCall} that is decided on after this hears of it
     * here.
     */
    default void cancelled() {}

    /** What becomes of the call. */
    sealed interface Decision {
        /** More bytes are needed. After the end of the request that is no answer. */
        Decision MORE = new More();

        /** See {@link #MORE}. */
        record More() implements Decision {}

        /** The call goes to a server. */
        record Forward(RoutedCall call) implements Decision {}

        /**
         * The answer is ours: one message and the status {@link GrpcStatus#OK}.
         *
         * @param route see {@link RoutedCall#route}
         * @param user see {@link RoutedCall#user}
         * @param message not changed any more
         */
        record Answer(String route, String user, byte[] message) implements Decision {}

        /**
         * The call fails.
         *
         * @param route see {@link RoutedCall#route}; empty where the method is not known
         * @param user see {@link RoutedCall#user}; empty where that is not certain
         */
        record Refuse(String route, String user, GrpcError error) implements Decision {}

        /**
         * It takes time to find out; the rest of the request waits. The stage completes on any thread, never exceptionally, and with
         * none of {@link More} and {@link Deferred}.
         */
        record Deferred(CompletionStage<Decision> decision) implements Decision {}
    }
}
