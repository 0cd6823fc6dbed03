// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import org.junit.jupiter.api.Test;

class ClientCountsTest {
    private final ClientCounts counts = new ClientCounts();

    private boolean add(String address, int limit) {
        return counts.add(InetAddress.ofLiteral(address), limit);
    }

    @Test
    void eachAddressHasItsOwnCap() {
        assertThat(add("10.0.0.1", 2)).isTrue();
        assertThat(add("10.0.0.1", 2)).isTrue();
        assertThat(add("10.0.0.1", 2)).isFalse();
        assertThat(add("10.0.0.2", 2)).isTrue();
        counts.remove(InetAddress.ofLiteral("10.0.0.1"));
        assertThat(add("10.0.0.1", 2)).isTrue();
    }

    @Test
    void aMachineWithManyAddressesOfOneNetworkIsOneClient() {
        assertThat(add("2001:db8::1", 1)).isTrue();
        assertThat(add("2001:db8::ffff:2", 1)).isFalse();
        assertThat(add("2001:db8:0:1::1", 1)).isTrue();
    }

    @Test
    void anAddressBeforeAndAfterVersion6IsTheSame() {
        assertThat(add("10.0.0.1", 1)).isTrue();
        assertThat(add("::ffff:10.0.0.1", 1)).isFalse();
    }

    @Test
    void nobodyIsRememberedAfterTheLastConnection() {
        add("10.0.0.1", 1);
        add("10.0.0.1", 1);
        add("2001:db8::1", 1);
        counts.remove(InetAddress.ofLiteral("10.0.0.1"));
        counts.remove(InetAddress.ofLiteral("2001:db8::2"));
        assertThat(counts.clients()).isZero();
    }
}
