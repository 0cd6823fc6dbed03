// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import static io.gatehouse.discovery.SparkJson.bytes;
import static io.gatehouse.discovery.SparkJson.environment;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Of what a job says about its driver, only a host and a number are taken. */
class DriverAddressTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            24040                              | 24040 | 16
            0                                  | 4040  | 16
            ''                                 | 4040  | 16
            _                                  | 4040  | 16
            24999/latest/meta-data?x=          | 4040  | 16
            24999@evil.example                 | 4040  | 16
            -1                                 | 4040  | 16
            1e3                                | 4040  | 16
            ٤٠٤٠                               | 4040  | 16
            99999                              | 4040  | 16
            999999999999                       | 4040  | 16
            65530                              | 65530 | 6
            65535                              | 65535 | 1
            """)
    void aPortIsANumberOrTheDefault(String port, int first, int count) {
        DriverAddress address =
                DriverAddress.parse(bytes(environment("spark.driver.host", "10.0.0.1", "spark.ui.port", port)), 4040);
        assertThat(address.ports())
                .hasSize(count)
                .startsWith(first)
                .isSorted()
                .allSatisfy(p -> assertThat(p).isBetween(1, 65535));
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.0.0.1", "driver-svc.ns.svc", "fd00::12", "[fd00::12]", "a_b"})
    void aHostIsANameOrAnAddress(String host) {
        assertThat(DriverAddress.parse(bytes(environment("spark.driver.host", host)), 4040)
                        .host())
                .isEqualTo(host);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "a b", "a/b", "evil.example/x?", "user@host", "a\\nb", "<b>", "[::1", "a%25eth0"})
    void nothingElseIsAHost(String host) {
        assertThat(DriverAddress.parse(bytes(environment("spark.driver.host", host)), 4040))
                .isNull();
    }

    @Test
    void whatElseTheJobPutsThereIsNotKept() {
        // Given: an answer as long as may be, which as a tree would fill the heap
        String junk = "[],{\"a\":[[]]},[[\"spark.driver.host\"],[\"x\"]],[\"spark.driver.host\",{}],[\"a\"],7,";
        byte[] answer = bytes("{\"before\":[" + junk.repeat(20_000) + "0],\"sparkProperties\":[" + junk.repeat(20_000)
                + "[\"spark.driver.host\",\"10.0.0.1\"],[\"spark.ui.port\",24040,\"x\"]],\"after\":[[]]}");
        assertThat(DriverAddress.parse(answer, 4040)).isNotNull();

        // When
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        DriverAddress address = DriverAddress.parse(answer, 4040);
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;

        // Then
        assertThat(address.host()).isEqualTo("10.0.0.1");
        assertThat(address.ports()).startsWith(24040);
        assertThat(answer).hasSizeGreaterThan(2 << 20);
        assertThat(allocated).isLessThan(answer.length);
    }

    @Test
    void anAnswerThatIsNoEnvironmentNamesNobody() {
        for (String answer :
                new String[] {"", "[]", "null", "<html>", "{\"sparkProperties\":3}", environment("spark.ui.port", "1")
                }) {
            assertThat(DriverAddress.parse(bytes(answer), 4040)).as(answer).isNull();
        }
    }
}
