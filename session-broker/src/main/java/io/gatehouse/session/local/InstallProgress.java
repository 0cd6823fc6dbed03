// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.session.local;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/** The lines that tell a user that an installation of minutes is not stuck. Used by {@link SparkInstaller}. */
final class InstallProgress {

    private InstallProgress() {}

    /**
     * Waits for a step, and says every so often how much is there. pip tells no share of the whole, so the lines say
     * what is known: bytes in the folder, and time.
     */
    static void await(
            CompletableFuture<Integer> exit, VirtualEnvironment target, Duration every, Consumer<String> progress)
            throws InterruptedException, IOException {
        Duration elapsed = Duration.ZERO;
        while (true) {
            try {
                exit.get(every.toMillis(), TimeUnit.MILLISECONDS);
                return;
            } catch (TimeoutException e) {
                elapsed = elapsed.plus(every);
                progress.accept("  " + target.size() / 1_000_000 + " MB after " + elapsed.toMinutes() + " min "
                        + elapsed.toSecondsPart() + " s");
            } catch (ExecutionException e) {
                throw new IllegalStateException("A child's exit cannot fail", e);
            }
        }
    }
}
