// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.session.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;

class FreePortsTest {

    private final FreePorts ports = new FreePorts();

    @Test
    void preferredPortShouldBeGivenOnceAndThenAnother() throws Exception {
        // Given
        int free;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            free = socket.getLocalPort();
        }

        // When
        int first = ports.pick(free);
        int second = ports.pick(free);

        // Then
        assertThat(first).isEqualTo(free);
        assertThat(second).isNotEqualTo(free).isPositive();
    }

    @Test
    void portThatIsTakenOnLoopbackShouldNotBeGiven() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThat(ports.pick(taken.getLocalPort())).isNotEqualTo(taken.getLocalPort());
        }
    }

    @Test
    void portZeroShouldMeanAnyPort() throws Exception {
        assertThat(ports.pick(0)).isPositive();
        assertThat(ports.pick(0)).isPositive();
    }
}
