// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.http1;

import io.gatehouse.proxy.ErrorType;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * What a decoder made of a stream of bytes: the whole messages in it, and why it stopped.
 *
 * @param refusal why the rest was refused; null where it was not
 */
record Transcript(List<Message> messages, ErrorType refusal) {
    /**
     * One whole message, in a form in which those of two decoders can be compared.
     *
     * @param start method, target and version of a request, version, status and reason of a response
     * @param fields {@code name: value}, as they came but for white space around the value
     * @param body one char one byte, without framing
     */
    record Message(String start, List<String> fields, String body, List<String> trailers) {}

    /** Text to bytes, one char one byte. */
    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    /** Lines of a head, with the ends that they have on the wire. */
    static String head(String... lines) {
        return String.join("\r\n", lines) + "\r\n\r\n";
    }
}
