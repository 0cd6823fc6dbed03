// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.config;

import java.util.ArrayList;
import java.util.List;

/**
 * What became of the files that a configuration names when they were read again. One of the two actions is run, once; neither fails.
 *
 * @param keys the keys whose files hold something else than before
 * @param takeOver puts what was read into force
 * @param discard forgets it
 */
public record ReloadedFiles(List<String> keys, Runnable takeOver, Runnable discard) {
    /** Nothing changed. */
    public static final ReloadedFiles NONE = new ReloadedFiles(List.of(), () -> {}, () -> {});

    public ReloadedFiles {
        keys = List.copyOf(keys);
    }

    /** These and others as one. */
    public ReloadedFiles and(ReloadedFiles others) {
        List<String> all = new ArrayList<>(keys);
        all.addAll(others.keys);
        return new ReloadedFiles(
                all,
                () -> {
                    takeOver.run();
                    others.takeOver.run();
                },
                () -> {
                    discard.run();
                    others.discard.run();
                });
    }
}
