// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.net;

import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.NoSuchElementException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A pipe of a megabyte, the most that an unprivileged process may have. The kernel's own size of 64 KiB costs a third more
 * than copying, because every portion is a packet, a wake-up and two system calls of its own (ADR 4).
 *
 * @param readEnd where it is emptied
 * @param writeEnd where it is filled
 */
record LargePipe(FileDescriptor readEnd, FileDescriptor writeEnd) {
    private static final Logger LOG = LoggerFactory.getLogger(LargePipe.class);

    /** {@code F_SETPIPE_SZ} of {@code fcntl(2)}; Netty has no way to it. */
    private static final int SET_PIPE_SIZE = 1031;

    private static final int SIZE = 1 << 20;
    private static final MethodHandle FCNTL = fcntl();

    @SuppressWarnings("restricted") // as Netty's own native code is; the start script allows it
    private static MethodHandle fcntl() {
        ValueLayout.OfInt anInt = ValueLayout.JAVA_INT;
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(
                linker.defaultLookup()
                        .find("fcntl")
                        .orElseThrow(() -> new NoSuchElementException("no fcntl in the C library")),
                FunctionDescriptor.of(anInt, anInt, anInt, anInt),
                Linker.Option.firstVariadicArg(2));
    }

    /** Opens one; fails where the kernel's limits for the user (pipe-user-pages-soft) leave no room for one of that size. */
    static LargePipe open() throws IOException {
        FileDescriptor[] ends = FileDescriptor.pipe();
        LargePipe pipe = new LargePipe(ends[0], ends[1]);
        if (resized(pipe.writeEnd) < SIZE) {
            pipe.close();
            throw new IOException("no pipe of " + SIZE + " bytes is allowed");
        }
        return pipe;
    }

    private static int resized(FileDescriptor end) {
        try {
            return (int) FCNTL.invokeExact(end.intValue(), SET_PIPE_SIZE, SIZE);
        } catch (Throwable impossible) {
            throw new IllegalStateException("fcntl cannot be called", impossible);
        }
    }

    void close() {
        close(readEnd);
        close(writeEnd);
    }

    private static void close(FileDescriptor end) {
        try {
            end.close();
        } catch (IOException e) {
            LOG.atWarn().setCause(e).log("an end of a pipe could not be closed");
        }
    }
}
