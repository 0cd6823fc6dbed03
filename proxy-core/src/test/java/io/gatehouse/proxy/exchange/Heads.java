// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.exchange;

import io.gatehouse.proxy.HttpLimits;
import io.gatehouse.proxy.http1.HeadDecoder;
import io.gatehouse.proxy.http1.RequestHead;
import io.gatehouse.proxy.http1.ResponseHead;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;

/** Heads from text, for tests of what is made of them. */
final class Heads {
    private Heads() {}

    static RequestHead request(String text) throws Exception {
        RequestHead head = new RequestHead();
        head.reset();
        HeadDecoder decoder = HeadDecoder.forRequests(HttpLimits.DEFAULT);
        decoder.begin();
        if (!decoder.decode(Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1), head)) {
            throw new IllegalArgumentException("not a whole head: " + text);
        }
        return head;
    }

    static ResponseHead response(String text) throws Exception {
        ResponseHead head = new ResponseHead();
        head.reset();
        HeadDecoder decoder = HeadDecoder.forResponses(HttpLimits.DEFAULT);
        decoder.begin();
        if (!decoder.decode(Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1), head)) {
            throw new IllegalArgumentException("not a whole head: " + text);
        }
        return head;
    }
}
