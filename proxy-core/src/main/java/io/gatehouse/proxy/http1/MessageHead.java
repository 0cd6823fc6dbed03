// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.http1;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The head of one message: its bytes as they came, and where its parts are. There are no header objects; a field is an
 * index below {@link #fieldCount()}, and its bytes are read where they stand.
 *
 * <p><b>Ownership.</b> A head belongs to one connection at a time and is used again for the next message, so nobody keeps
 * a reference past the exchange. Only the connection's event loop touches it.
 */
public abstract sealed class MessageHead permits RequestHead, ResponseHead, TrailerSection {
    /** {@link #contentLength()} of a message that has no {@code Content-Length}. */
    public static final long NO_LENGTH = -1;

    private static final int INITIAL_BYTES = 2048;
    private static final int LARGEST_KEPT = 8192;
    private static final int INITIAL_FIELDS = 24;
    private static final int INTS_PER_FIELD = 4;

    private byte[] bytes = new byte[INITIAL_BYTES];
    private int length;
    private int fieldCount;
    private int[] offsets = new int[INITIAL_FIELDS * INTS_PER_FIELD];
    private HeaderName[] names = new HeaderName[INITIAL_FIELDS];

    int minorVersion = 1;
    long contentLength = NO_LENGTH;
    boolean chunked;
    boolean connectionClose;
    boolean connectionKeepAlive;
    boolean connectionUpgrade;
    int connectionOptions;

    /** Forgets the message. Called by the owner when the exchange is over. */
    public void reset() {
        length = 0;
        fieldCount = 0;
        minorVersion = 1;
        contentLength = NO_LENGTH;
        chunked = false;
        connectionClose = false;
        connectionKeepAlive = false;
        connectionUpgrade = false;
        connectionOptions = 0;
        if (bytes.length > LARGEST_KEPT) {
            bytes = new byte[INITIAL_BYTES];
        }
    }

    /** The head's bytes; valid below {@link #length()}. For reading only. */
    public final byte[] bytes() {
        return bytes;
    }

    /** Start line, fields and the empty line, in bytes. */
    public final int length() {
        return length;
    }

    public final int fieldCount() {
        return fieldCount;
    }

    public final HeaderName name(int field) {
        return names[field];
    }

    /** Where the field's line begins, which is where its name begins. */
    public final int nameStart(int field) {
        return offsets[field * INTS_PER_FIELD];
    }

    public final int nameEnd(int field) {
        return offsets[field * INTS_PER_FIELD + 1];
    }

    /** First byte of the value, white space around it left out. */
    public final int valueStart(int field) {
        return offsets[field * INTS_PER_FIELD + 2];
    }

    public final int valueEnd(int field) {
        return offsets[field * INTS_PER_FIELD + 3];
    }

    /** The first field of that name, or -1. */
    public final int find(HeaderName name) {
        for (int field = 0; field < fieldCount; field++) {
            if (names[field] == name) {
                return field;
            }
        }
        return -1;
    }

    /** Whether a later field has the name of this one, which {@link HeaderName} lists. */
    public final boolean hasAnother(int field) {
        for (int later = field + 1; later < fieldCount; later++) {
            if (names[later] == names[field]) {
                return true;
            }
        }
        return false;
    }

    /** The value of the first field of that name, for code off the hot path. */
    public final @Nullable String value(HeaderName name) {
        int field = find(name);
        return field < 0 ? null : value(field);
    }

    public final String value(int field) {
        return text(valueStart(field), valueEnd(field));
    }

    /** The value of the first field with a name that {@link HeaderName} does not list. */
    public final @Nullable String value(String lowerCaseName) {
        byte[] wanted = lowerCaseName.getBytes(StandardCharsets.US_ASCII);
        for (int field = 0; field < fieldCount; field++) {
            if (HttpBytes.equalsIgnoreCase(bytes, nameStart(field), nameEnd(field), wanted)) {
                return value(field);
            }
        }
        return null;
    }

    /** Whether the field's name begins with {@code lowerCase}, whatever the case of its letters. */
    public final boolean nameStartsWith(int field, byte[] lowerCase) {
        return HttpBytes.startsWithIgnoreCase(bytes, nameStart(field), nameEnd(field), lowerCase);
    }

    /** The same for the first {@code length} bytes of {@code lowerCase}. */
    public final boolean nameStartsWith(int field, byte[] lowerCase, int length) {
        int start = nameStart(field);
        if (nameEnd(field) - start < length) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (HttpBytes.lower(bytes[start + i]) != lowerCase[i]) {
                return false;
            }
        }
        return true;
    }

    /** Whether the field's name is {@code lowerCase}, whatever the case of its letters. */
    public final boolean nameIs(int field, byte[] lowerCase) {
        return HttpBytes.equalsIgnoreCase(bytes, nameStart(field), nameEnd(field), lowerCase);
    }

    /** Bytes as characters, one to one; a head may hold any {@code obs-text}. */
    public final String text(int start, int end) {
        return new String(bytes, start, end - start, StandardCharsets.ISO_8859_1);
    }

    /** Whether the field's value is {@code lowerCase}, whatever the case of its letters. */
    public final boolean valueIs(int field, String lowerCase) {
        int start = valueStart(field);
        int size = lowerCase.length();
        if (valueEnd(field) - start != size) {
            return false;
        }
        for (int i = 0; i < size; i++) {
            if (HttpBytes.lower(bytes[start + i]) != lowerCase.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** 0 for HTTP/1.0, 1 for HTTP/1.1. */
    public final int minorVersion() {
        return minorVersion;
    }

    /** The declared length in bytes, or {@link #NO_LENGTH}. */
    public final long contentLength() {
        return contentLength;
    }

    /** Whether the body comes in chunks (RFC 9112 section 7.1). */
    public final boolean isChunked() {
        return chunked;
    }

    /** Whether the sender keeps its connection open after this message (RFC 9112 section 9.3). */
    public final boolean keepsAlive() {
        return !connectionClose && (minorVersion >= 1 || connectionKeepAlive);
    }

    /** Whether the connection is to go on with another protocol (RFC 9110 section 7.8). */
    public final boolean hasUpgrade() {
        return connectionUpgrade && find(HeaderName.UPGRADE) >= 0;
    }

    /** Whether that protocol is WebSocket, and nothing else. */
    final boolean upgradesToWebSocket() {
        if (!connectionUpgrade || minorVersion == 0) {
            return false;
        }
        int only = find(HeaderName.UPGRADE);
        return only >= 0 && !hasAnother(only) && valueIs(only, "websocket");
    }

    final void append(io.netty.buffer.ByteBuf in, int count) {
        int needed = length + count;
        if (needed > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(needed, bytes.length * 2));
        }
        in.readBytes(bytes, length, count);
        length = needed;
    }

    /** Gives back what was read beyond the head. */
    final void truncate(int newLength) {
        length = newLength;
    }

    final void addField(int nameStart, int nameEnd, int valueStart, int valueEnd) {
        int at = fieldCount * INTS_PER_FIELD;
        if (at == offsets.length) {
            offsets = Arrays.copyOf(offsets, at * 2);
            names = Arrays.copyOf(names, fieldCount * 2);
        }
        offsets[at] = nameStart;
        offsets[at + 1] = nameEnd;
        offsets[at + 2] = valueStart;
        offsets[at + 3] = valueEnd;
        names[fieldCount++] = HeaderName.of(bytes, nameStart, nameEnd);
    }

    /** Reads the start line {@code [start, end)}, CR LF left out. */
    abstract void startLine(int start, int end) throws HttpViolation;

    /** Checks the fields against each other once all are there; decides the framing. */
    abstract void complete() throws HttpViolation;
}
