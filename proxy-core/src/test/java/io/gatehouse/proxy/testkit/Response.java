// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.testkit;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A response as a simple client reads it, independent of the codec under test.
 *
 * @param head status line and fields as they came
 * @param body decoded from its framing
 * @param trailers field lines after the last chunk
 */
public record Response(String head, byte[] body, List<String> trailers) {
    static Response read(InputStream in, boolean toHead) throws IOException {
        String head = readHead(in);
        int status = Integer.parseInt(head.substring(9, 12));
        List<String> trailers = new ArrayList<>();
        if (toHead || status < 200 || status == 204 || status == 304) {
            return new Response(head, new byte[0], trailers);
        }
        String length = field(head, "content-length");
        if ("chunked".equalsIgnoreCase(field(head, "transfer-encoding"))) {
            return new Response(head, chunks(in, trailers), trailers);
        }
        byte[] body = length == null ? in.readAllBytes() : in.readNBytes(Integer.parseInt(length));
        if (length != null && body.length != Integer.parseInt(length)) {
            throw new EOFException("body of " + length + " bytes ended after " + body.length);
        }
        return new Response(head, body, trailers);
    }

    /** Reads up to and including the empty line. */
    public static String readHead(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        int matched = 0;
        while (matched < 4) {
            int b = in.read();
            if (b < 0) {
                throw new EOFException("connection ended within a head: " + head.toString(StandardCharsets.ISO_8859_1));
            }
            head.write(b);
            matched = b == "\r\n\r\n".charAt(matched) ? matched + 1 : b == '\r' ? 1 : 0;
        }
        return head.toString(StandardCharsets.ISO_8859_1);
    }

    private static byte[] chunks(InputStream in, List<String> trailers) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        while (true) {
            int size = Integer.parseInt(line(in), 16);
            if (size == 0) {
                for (String trailer = line(in); !trailer.isEmpty(); trailer = line(in)) {
                    trailers.add(trailer);
                }
                return body.toByteArray();
            }
            body.write(in.readNBytes(size));
            if (!line(in).isEmpty()) {
                throw new IOException("no CR LF behind a chunk");
            }
        }
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        while (true) {
            int b = in.read();
            if (b < 0) {
                throw new EOFException("connection ended within a line: " + line);
            }
            if (b == '\n') {
                return line.substring(0, line.length() - 1);
            }
            line.append((char) b);
        }
    }

    public int status() {
        return Integer.parseInt(head.substring(9, 12));
    }

    public String text() {
        return new String(body, StandardCharsets.UTF_8);
    }

    /** The value of the first field of that name, or null. */
    public String field(String lowerCaseName) {
        return field(head, lowerCaseName);
    }

    /** All values of the fields of that name. */
    public static List<String> fields(String head, String lowerCaseName) {
        List<String> values = new ArrayList<>();
        for (String line : head.split("\r\n")) {
            int colon = line.indexOf(':');
            if (colon > 0 && line.substring(0, colon).equalsIgnoreCase(lowerCaseName)) {
                values.add(line.substring(colon + 1).strip());
            }
        }
        return values;
    }

    /** The value of the first field of that name in a head, or null. */
    public static String field(String head, String lowerCaseName) {
        List<String> values = fields(head, lowerCaseName);
        return values.isEmpty() ? null : values.get(0);
    }
}
