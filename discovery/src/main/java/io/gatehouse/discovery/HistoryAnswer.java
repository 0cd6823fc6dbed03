// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import org.jspecify.annotations.Nullable;

/**
 * What all History Servers together know of one application.
 *
 * @param server the one whose answer this is; null where no single one's is
 */
record HistoryAnswer(HistoryState state, @Nullable HistoryServer server) {
    /** Of nobody in particular. */
    static HistoryAnswer of(HistoryState state) {
        return new HistoryAnswer(state, null);
    }
}
