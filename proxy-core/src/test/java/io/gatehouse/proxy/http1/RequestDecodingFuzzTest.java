// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.http1;

import com.code_intelligence.jazzer.junit.FuzzTest;

/** Whatever bytes a client sends: messages or a violation, no exception, and the same for every cut. */
class RequestDecodingFuzzTest {
    @FuzzTest(maxDuration = "15s")
    void requestsAreTakenOrRefused(byte[] input) {
        WireFuzzing.requests(input);
    }
}
