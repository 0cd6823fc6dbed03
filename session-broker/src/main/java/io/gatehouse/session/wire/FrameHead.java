// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.session.wire;

import io.gatehouse.proxy.ErrorType;
import io.gatehouse.proxy.grpc.GrpcError;
import io.gatehouse.proxy.grpc.GrpcStatus;
import io.netty.buffer.ByteBuf;

/**
 * Reads the five bytes before each message of a call, at any cut (grpc/doc/PROTOCOL-HTTP2.md, Length-Prefixed-Message): whether it is
 * compressed, and how long it is.
 */
final class FrameHead {
    static final int BYTES = 5;

    /** The longest message: what Spark takes unless told otherwise ({@code spark.connect.grpc.maxInboundMessageSize}). */
    static final int MOST_BYTES = 128 << 20;

    private int read;
    private int flag;
    private int length;

    /** Before the next message. */
    void reset() {
        read = 0;
        length = 0;
    }

    /** Whether a message has begun, and its head is not complete. */
    boolean isPartial() {
        return read > 0 && read < BYTES;
    }

    /** Takes bytes from {@code from} on, and says up to where. The head is complete when {@link #isComplete()} says so. */
    int read(ByteBuf in, int from, int to) throws CallViolation {
        int index = from;
        while (index < to && read < BYTES) {
            int next = in.getByte(index++) & 0xff;
            if (read == 0) {
                flag = next;
            } else {
                length = length << 8 | next;
            }
            if (++read == BYTES) {
                check();
            }
        }
        return index;
    }

    boolean isComplete() {
        return read == BYTES;
    }

    /** The message's bytes. */
    int length() {
        return length;
    }

    private void check() throws CallViolation {
        if (flag == 1) {
            throw new CallViolation(GrpcError.of(
                    GrpcStatus.UNIMPLEMENTED,
                    ErrorType.TRANSFER_CODING_NOT_SUPPORTED,
                    "Compressed messages are not taken here; call without compression (grpc-encoding: identity)."));
        }
        if (flag != 0) {
            throw CallViolation.invalid("The request is not valid gRPC: a message begins with neither 0 nor 1.");
        }
        if (length < 0 || length > MOST_BYTES) {
            throw new CallViolation(GrpcError.of(
                    GrpcStatus.RESOURCE_EXHAUSTED,
                    ErrorType.REQUEST_BODY_TOO_LARGE,
                    "A message of " + Integer.toUnsignedString(length) + " bytes is larger than the limit of "
                            + MOST_BYTES + "; send the data in several parts."));
        }
    }
}
