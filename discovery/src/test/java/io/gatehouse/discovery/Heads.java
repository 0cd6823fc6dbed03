// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import io.gatehouse.proxy.HttpLimits;
import io.gatehouse.proxy.http1.HeadDecoder;
import io.gatehouse.proxy.http1.HttpViolation;
import io.gatehouse.proxy.http1.MessageHead;
import io.gatehouse.proxy.http1.RequestHead;
import io.gatehouse.proxy.http1.ResponseHead;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;

/** Heads as the codec of a listener makes them from bytes. */
final class Heads {
    private Heads() {}

    /** A request; {@code fields} are whole lines, Host is added unless there is one. */
    static RequestHead request(String method, String target, String... fields) throws HttpViolation {
        StringBuilder text = new StringBuilder(method + " " + target + " HTTP/1.1\r\n");
        boolean host = false;
        for (String field : fields) {
            host |= field.startsWith("Host:");
            text.append(field).append("\r\n");
        }
        text.append(host ? "\r\n" : "Host: gate.example\r\n\r\n");
        return decode(HeadDecoder.forRequests(HttpLimits.DEFAULT), new RequestHead(), text);
    }

    static RequestHead get(String target, String... fields) throws HttpViolation {
        return request("GET", target, fields);
    }

    /** A response; {@code fields} are whole lines. */
    static ResponseHead response(int status, String... fields) throws HttpViolation {
        StringBuilder text = new StringBuilder("HTTP/1.1 " + status + " X\r\n");
        for (String field : fields) {
            text.append(field).append("\r\n");
        }
        return decode(HeadDecoder.forResponses(HttpLimits.DEFAULT), new ResponseHead(), text.append("\r\n"));
    }

    private static <H extends MessageHead> H decode(HeadDecoder decoder, H head, CharSequence text)
            throws HttpViolation {
        head.reset();
        decoder.begin();
        byte[] bytes = text.toString().getBytes(StandardCharsets.ISO_8859_1);
        if (!decoder.decode(Unpooled.wrappedBuffer(bytes), head)) {
            throw new IllegalArgumentException("not a whole head: " + text);
        }
        return head;
    }
}
