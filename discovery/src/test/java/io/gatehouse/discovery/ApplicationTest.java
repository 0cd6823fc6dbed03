// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ApplicationTest {
    /** An address has several spellings, and a name has whatever addresses its owner likes. */
    @ParameterizedTest
    @CsvSource({
        "10.0.0.1,  10.0.0.1,                    true",
        "fd00::12,  fd00:0:0:0:0:0:0:12,         true",
        "FD00::12,  fd00::12,                    true",
        "fd00::12,  fd00::13,                    false",
        "localhost, 127.0.0.1,                   false",
        "10.0.0.2,  10.0.0.1,                    false",
    })
    void itIsAtTheAddressThatItsUiIsNamedBy(String host, String address, boolean expected) {
        assertThat(Decisions.app("app-1", host, null).isAt(InetAddress.ofLiteral(address)))
                .isEqualTo(expected);
    }
}
