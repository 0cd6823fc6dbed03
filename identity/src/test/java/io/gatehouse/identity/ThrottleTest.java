// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.identity;

import static io.gatehouse.identity.LoginsKit.address;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ThrottleTest {
    private static final InetAddress HOME = address("192.0.2.1");

    private final FakeTime time = new FakeTime();
    private final Throttle throttle = new Throttle(time::nanos);

    @Test
    void tenInAnyMinuteAreAllowed() {
        for (int second = 0; second < 10; second++) {
            assertAllowed("alice", HOME);
            time.pass(Duration.ofSeconds(1));
        }
        assertThat(throttle.begin("alice", HOME)).isEqualTo(new Throttle.Verdict.Blocked(Duration.ofSeconds(50)));
        // The first is a minute ago, the second is not.
        time.pass(Duration.ofSeconds(50));
        assertAllowed("alice", HOME);
        assertThat(throttle.begin("alice", HOME)).isEqualTo(new Throttle.Verdict.Blocked(Duration.ofSeconds(1)));
    }

    @Test
    void whatWasRightIsForgiven() {
        for (int i = 0; i < 100; i++) {
            assertThat(throttle.begin("alice", HOME))
                    .isInstanceOfSatisfying(
                            Throttle.Verdict.Allowed.class,
                            right -> right.forgive().run());
        }
        // Ten at once, before any is known to be right, are as many as there may be.
        for (int i = 0; i < 10; i++) {
            assertAllowed("alice", HOME);
        }
        assertThat(throttle.begin("alice", HOME)).isInstanceOf(Throttle.Verdict.Blocked.class);
    }

    @Test
    void usersAndAddressesCountForThemselves() {
        exhaust("alice", HOME);
        assertThat(throttle.begin("alice", HOME)).isInstanceOf(Throttle.Verdict.Blocked.class);
        assertThat(throttle.begin("Alice", HOME)).isInstanceOf(Throttle.Verdict.Blocked.class);
        assertAllowed("bob", HOME);
        assertAllowed("alice", address("192.0.2.2"));
    }

    @Test
    void anIpv6ClientIsItsNetwork() {
        exhaust("alice", address("2001:db8:1:2::1"));
        assertThat(throttle.begin("alice", address("2001:db8:1:2:ffff::9")))
                .isInstanceOf(Throttle.Verdict.Blocked.class);
        assertAllowed("alice", address("2001:db8:1:3::1"));
    }

    private void exhaust(String user, InetAddress address) {
        for (int i = 0; i < 10; i++) {
            assertAllowed(user, address);
        }
    }

    private void assertAllowed(String user, InetAddress address) {
        assertThat(throttle.begin(user, address)).isInstanceOf(Throttle.Verdict.Allowed.class);
    }
}
