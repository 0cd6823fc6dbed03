// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A response that Gatehouse makes itself.
 *
 * @param contentType empty for a response without a body
 * @param body not to be changed once handed over
 * @param fields further header fields; names and values come from our own code, never from a client unchecked
 */
public record LocalResponse(int status, String contentType, byte[] body, List<Field> fields) {
    /** One header field. Refuses what would end its line. */
    public record Field(String name, String value) {
        public Field {
            checkVisible(name);
            checkVisible(value);
        }
    }

    public LocalResponse {
        if (status < 200 || status > 599) {
            throw new IllegalArgumentException("not the status of a final response: " + status);
        }
        checkVisible(contentType);
        fields = List.copyOf(fields);
    }

    private static void checkVisible(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) < ' ' || text.charAt(i) > '~') {
                throw new IllegalArgumentException("header field with a control or non-ASCII byte");
            }
        }
    }

    public static LocalResponse text(int status, String text) {
        return of(status, "text/plain; charset=utf-8", text);
    }

    public static LocalResponse json(int status, String json) {
        return of(status, "application/json", json);
    }

    public static LocalResponse of(int status, String contentType, String body) {
        return new LocalResponse(status, contentType, body.getBytes(StandardCharsets.UTF_8), List.of());
    }

    public static LocalResponse empty(int status) {
        return new LocalResponse(status, "", new byte[0], List.of());
    }

    /** Sends the client elsewhere; {@code location} must be a checked path or URL. */
    public static LocalResponse redirect(int status, String location) {
        return empty(status).with("Location", location);
    }

    public LocalResponse with(String name, String value) {
        List<Field> more = new ArrayList<>(fields);
        more.add(new Field(name, value));
        return new LocalResponse(status, contentType, body, more);
    }
}
