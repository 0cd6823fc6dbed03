// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.testkit;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;

/** Tests of refused connections rely on an upstream that refuses once it is closed. */
class ScriptedUpstreamIT {
    private static final int ROUNDS = 2000;
    private static final long STEP_NANOS = 100;

    @Test
    void aClosedUpstreamRefusesAlsoWhereItHadHardlyBegun() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            // Given
            ScriptedUpstream upstream = new ScriptedUpstream(c -> c.ok("still here"));
            InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), upstream.port());
            pause(round * STEP_NANOS);

            // When
            upstream.close();

            // Then
            assertThatThrownBy(() -> new RawClient(address))
                    .as("round " + round)
                    .isInstanceOf(ConnectException.class);
        }
    }

    private static void pause(long nanos) {
        long end = System.nanoTime() + nanos;
        while (System.nanoTime() - end < 0) {
            Thread.onSpinWait();
        }
    }
}
