// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.session.wire;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import com.google.protobuf.InvalidProtocolBufferException;

/** Whatever bytes a client sends, at whatever cuts: refused, or what Spark's parser reads is the verified user and the routed session. */
class MessageEditorFuzzTest {
    @FuzzTest(maxDuration = "20s")
    void theServerReadsTheVerifiedUserOrNothing(FuzzedDataProvider data) throws InvalidProtocolBufferException {
        ConnectMethod method = data.pickValue(ConnectMethod.values());
        boolean framed = data.consumeBoolean();
        int cut = data.consumeInt(0, 64);
        byte[] bytes = data.consumeRemainingAsBytes();

        byte[] request = framed ? WireOracle.framed(bytes) : bytes;
        WireOracle.check(method, request);
        WireOracle.check(method, request, Math.min(cut, request.length));
        WireOracle.checkKey(method, request, Math.min(cut, request.length));
    }
}
