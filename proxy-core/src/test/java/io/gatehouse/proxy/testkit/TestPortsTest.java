// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TestPortsTest {
    private static final int MANY = 500;

    private static Set<Integer> picked(int jvm) throws IOException {
        TestPorts ports = new TestPorts(jvm);
        Set<Integer> all = new HashSet<>();
        for (int i = 0; i < MANY; i++) {
            all.add(ports.pick());
        }
        return all;
    }

    @Test
    void twoTestJvmsHaveNoPortInCommonAndNoneGivesOneTwice() throws Exception {
        Set<Integer> first = picked(1);
        Set<Integer> last = picked(TestPorts.JVMS);
        assertThat(first).hasSize(MANY).doesNotContainAnyElementsOf(last);
        assertThat(last).hasSize(MANY).allMatch(port -> port >= TestPorts.FIRST && port < TestPorts.BEHIND_LAST);
        assertThat(picked(2))
                .allMatch(port ->
                        port >= TestPorts.FIRST + TestPorts.EACH && port < TestPorts.FIRST + 2 * TestPorts.EACH);
    }

    /** Or one JVM would get ports of another when somebody raises the number in the POM. */
    @Test
    void aTestJvmThatHasNoPortsIsRefused() {
        assertThatThrownBy(() -> new TestPorts(TestPorts.JVMS + 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new TestPorts(0)).isInstanceOf(IllegalArgumentException.class);
    }
}
