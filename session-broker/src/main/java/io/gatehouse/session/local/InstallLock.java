// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.session.local;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Keeps two installations out of one folder: two of this process as well as two processes. The operating system frees
 * the lock when its holder dies. Taken by {@link SparkInstaller}.
 *
 * <p>The file stays behind: to delete it would let a third process lock a new file while a second holds the old one.
 */
final class InstallLock {

    private static final Duration POLL = Duration.ofMillis(250);

    private InstallLock() {}

    /** What is done under the lock. */
    @FunctionalInterface
    interface Work {
        /** Runs once. */
        void run() throws SparkSetupException, IOException, InterruptedException;
    }

    /**
     * Waits for the lock, however long another's installation takes, and does the work.
     *
     * @param file is made, in a folder that exists
     * @param whenTaken run once, if it has to wait
     */
    static void whileHeld(Path file, Runnable whenTaken, Work work)
            throws SparkSetupException, IOException, InterruptedException {
        // Closing the channel frees the lock.
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            boolean told = false;
            while (tryLock(channel) == null) {
                if (!told) {
                    whenTaken.run();
                    told = true;
                }
                Thread.sleep(POLL);
            }
            work.run();
        } catch (ClosedByInterruptException e) {
            // What an interrupt becomes while the thread is at the channel.
            Thread.interrupted();
            InterruptedException interrupted = new InterruptedException("interrupted at the lock " + file);
            interrupted.initCause(e);
            throw interrupted;
        }
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            // Another thread of this process has it: file locks belong to processes.
            return null;
        }
    }
}
