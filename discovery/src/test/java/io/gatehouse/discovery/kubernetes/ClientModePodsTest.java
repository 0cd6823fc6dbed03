// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.discovery.DriverPod;
import java.net.InetAddress;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Where drivers in client mode may run, by what a cluster says of pods. */
class ClientModePodsTest {
    private final ClientModePods pods = new ClientModePods();

    @Test
    void allAddressesOfAPodCountWhileItRuns() {
        // Given
        pods.changed(pod("uid-1", new DriverPod.Pending("Wait.")));
        assertThat(mayRun("10.0.0.1")).isFalse();

        // When
        pods.changed(pod("uid-1", new DriverPod.Up("10.0.0.1", 4040, true, List.of("fd00::12"))));

        // Then
        assertThat(mayRun("10.0.0.1")).isTrue();
        assertThat(mayRun("fd00:0:0:0:0:0:0:12")).isTrue();
        assertThat(mayRun("fd00::13")).isFalse();

        // When
        pods.deleted("uid-1");

        // Then
        assertThat(mayRun("10.0.0.1")).isFalse();
        assertThat(mayRun("fd00::12")).isFalse();
    }

    @Test
    void anAddressStaysWhileAnyPodHasIt() {
        pods.changed(pod("uid-1", new DriverPod.Up("10.0.0.1", 4040, true)));
        pods.changed(pod("uid-2", new DriverPod.Up("10.0.0.1", 4040, true)));
        pods.changed(pod("uid-1", new DriverPod.Over(Instant.EPOCH, null)));
        assertThat(mayRun("10.0.0.1")).isTrue();
        pods.deleted("uid-2");
        assertThat(mayRun("10.0.0.1")).isFalse();
    }

    @Test
    void theAddressOfANodeIsEverybodysThere() {
        pods.changed(pod("uid-1", new DriverPod.Up("10.0.0.1", 4040, false)));
        assertThat(mayRun("10.0.0.1")).isFalse();
    }

    private boolean mayRun(String address) {
        return pods.test(InetAddress.ofLiteral(address));
    }

    private static DriverPod pod(String uid, DriverPod.State state) {
        return new DriverPod(uid, "notebooks", uid, Instant.EPOCH, null, "", "", state, "Its pod was deleted.");
    }
}
