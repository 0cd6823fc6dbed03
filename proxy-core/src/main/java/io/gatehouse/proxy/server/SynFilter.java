// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.server;

import io.netty.channel.unix.Buffer;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Lets the kernel drop requests for new connections to a listening socket, while those that have begun their handshake
 * complete it: a classic BPF program on the socket (SO_ATTACH_FILTER, see socket(7)), which sees TCP segments from their
 * header on. A client whose SYN is dropped sends it again after a second, to whoever listens then.
 *
 * <p>The filter ends with the socket. Never for one that another process goes on with: it would have the filter too.
 */
final class SynFilter {
    private static final int SOL_SOCKET = 1;
    private static final int SO_ATTACH_FILTER = 26;

    /** The flags stand in the 14th byte of a TCP header (RFC 9293 section 3.1). */
    private static final int FLAGS_OFFSET = 13;

    private static final int SYN = 0x02;
    private static final int SYN_OR_ACK = 0x12;

    // Instructions of classic BPF, from linux/bpf_common.h.
    private static final short LOAD_BYTE = 0x30;
    private static final short AND = 0x54;
    private static final short JUMP_IF_EQUAL = 0x15;
    private static final short RETURN = 0x06;
    private static final int PASS = -1;
    private static final int DROP = 0;

    private static final int INSTRUCTIONS = 5;
    private static final int INSTRUCTION_BYTES = 8;
    private static final int PROGRAM_BYTES = 16;
    private static final int POINTER_OFFSET = 8;

    private SynFilter() {}

    /** Takes effect at once. */
    static void attach(Socket socket) throws IOException {
        ByteBuffer instructions = direct(INSTRUCTIONS * INSTRUCTION_BYTES);
        add(instructions, LOAD_BYTE, 0, 0, FLAGS_OFFSET);
        add(instructions, AND, 0, 0, SYN_OR_ACK);
        add(instructions, JUMP_IF_EQUAL, 0, 1, SYN);
        add(instructions, RETURN, 0, 0, DROP);
        add(instructions, RETURN, 0, 0, PASS);
        // struct sock_fprog: a length, padding, a pointer.
        ByteBuffer program = direct(PROGRAM_BYTES);
        program.putShort(0, (short) INSTRUCTIONS).putLong(POINTER_OFFSET, Buffer.memoryAddress(instructions));
        try {
            socket.setRawOpt(SOL_SOCKET, SO_ATTACH_FILTER, program);
        } finally {
            // The kernel reads it through the pointer, and has a copy afterwards.
            Reference.reachabilityFence(instructions);
        }
    }

    private static ByteBuffer direct(int size) {
        return ByteBuffer.allocateDirect(size).order(ByteOrder.nativeOrder());
    }

    /** struct sock_filter: the operation, where to jump if so and if not, and an operand. */
    private static void add(ByteBuffer instructions, short operation, int ifTrue, int ifFalse, int operand) {
        instructions.putShort(operation).put((byte) ifTrue).put((byte) ifFalse).putInt(operand);
    }
}
