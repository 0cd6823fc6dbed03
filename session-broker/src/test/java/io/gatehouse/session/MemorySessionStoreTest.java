// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;

class MemorySessionStoreTest extends SessionStoreContract {
    @Override
    SessionStore newStore() {
        return new MemorySessionStore(clock, 1000);
    }

    @Test
    void thereAreNoMoreRecordsThanItWasTold() throws Exception {
        // Given
        MemorySessionStore store = new MemorySessionStore(clock, 2);
        get(store.claim(key("a"), "s1", false, SessionLimits.NONE));
        get(store.claim(key("b"), "s1", false, SessionLimits.NONE));

        // When
        var third = store.claim(key("c"), "s1", false, SessionLimits.NONE);

        // Then
        assertThatThrownBy(() -> get(third))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(SessionStoreException.class);
        assertThat(store.all()).hasSize(2);
    }
}
