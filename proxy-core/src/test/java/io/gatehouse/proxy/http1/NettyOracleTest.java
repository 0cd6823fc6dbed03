// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.http1;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every row of the tables beside Netty's codec. */
class NettyOracleTest {
    static Stream<WireCase> requests() {
        return WireTablesTest.requests();
    }

    static Stream<WireCase> responses() {
        return WireTablesTest.responses();
    }

    @ParameterizedTest
    @MethodSource("requests")
    void nettyRefusesNoRequestThatIsTakenHere(WireCase row) {
        NettyOracle.checkRequests(Transcript.bytes(row.wire()));
    }

    @ParameterizedTest
    @MethodSource("responses")
    void nettyRefusesNoResponseThatIsTakenHere(WireCase row) {
        NettyOracle.checkResponses(Transcript.bytes(row.wire()));
    }
}
