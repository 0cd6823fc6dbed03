// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.http1;

import com.code_intelligence.jazzer.junit.FuzzTest;

/** Whatever bytes come: what Netty's codec refuses is refused, and what is taken reads the same there. */
class NettyOracleFuzzTest {
    @FuzzTest(maxDuration = "20s")
    void nettyRefusesNothingThatIsTakenHere(byte[] input) {
        NettyOracle.checkRequests(input);
        NettyOracle.checkResponses(input);
    }
}
