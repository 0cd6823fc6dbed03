// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.http1;

import com.code_intelligence.jazzer.junit.FuzzTest;

/** Whatever bytes an upstream sends: messages or a violation, no exception, and the same for every cut. */
class ResponseDecodingFuzzTest {
    @FuzzTest(maxDuration = "15s")
    void responsesAreTakenOrRefused(byte[] input) {
        WireFuzzing.responses(input);
    }
}
