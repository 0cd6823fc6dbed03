// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Reads which application an entry of the History Server's list belongs to. There may be a hundred thousand of them in one
 * answer: Spark writes the id first and without escapes, and then no parser is made for it.
 */
final class EntryId {
    private static final JsonFactory JSON = new JsonFactory();
    private static final byte[] FIELD = {'"', 'i', 'd', '"'};

    private EntryId() {}

    /**
     * The entry's own id; null where it has none, or is not what it should be.
     *
     * @param entry a JSON object from the first of {@code length} bytes to the last
     */
    static @Nullable String of(byte[] entry, int length) {
        String plain = plain(entry, length);
        return plain == null ? parsed(entry, length) : plain;
    }

    /** Null where the first field is another, or its value is anything but plain characters. */
    private static @Nullable String plain(byte[] entry, int length) {
        int at = skipWhitespace(entry, 1, length);
        for (byte expected : FIELD) {
            if (at >= length || entry[at++] != expected) {
                return null;
            }
        }
        at = skipWhitespace(entry, at, length);
        if (at >= length || entry[at++] != ':') {
            return null;
        }
        at = skipWhitespace(entry, at, length);
        if (at >= length || entry[at++] != '"') {
            return null;
        }
        int start = at;
        while (at < length && isPlain(entry[at])) {
            at++;
        }
        return at < length && entry[at] == '"' ? new String(entry, start, at - start, StandardCharsets.US_ASCII) : null;
    }

    /** Where something else stands, from {@code start} on. */
    static int skipWhitespace(byte[] entry, int start, int length) {
        int at = start;
        while (at < length && (entry[at] == ' ' || entry[at] == '\n' || entry[at] == '\r' || entry[at] == '\t')) {
            at++;
        }
        return at;
    }

    /** The characters of {@link AppIds}. */
    private static boolean isPlain(byte b) {
        return (b >= '0' && b <= '9')
                || (b >= 'a' && b <= 'z')
                || (b >= 'A' && b <= 'Z')
                || b == '-'
                || b == '_'
                || b == '.';
    }

    private static @Nullable String parsed(byte[] entry, int length) {
        try (JsonParser parser = JSON.createParser(entry, 0, length)) {
            parser.nextToken();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                JsonToken value = parser.nextToken();
                if (name.equals("id") && value == JsonToken.VALUE_STRING) {
                    return parser.getText();
                }
                parser.skipChildren();
            }
        } catch (IOException notJson) {
            return null;
        }
        return null;
    }
}
