// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.session.connect;

import io.gatehouse.proxy.grpc.CallHead;
import io.gatehouse.proxy.login.Credential;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * What a client shows to say who it is, in any of the forms that Spark's clients can send: {@code authorization} (PySpark's
 * {@code token=}), {@code authentication}, two entries of metadata with a name and a password, and as a last resort the user's id in the
 * message, which may be a name or {@code base64(user:password)}.
 *
 * @param kind where it stands, so that the same text in two places is not taken for the same
 * @param text as it came, with a password or a token in it
 */
record Shown(Kind kind, String text) {
    /** Where it stands. */
    enum Kind {
        AUTHORIZATION,
        NAME_AND_PASSWORD,
        USER_ID
    }

    private static final char SEPARATOR = ':';

    /** What stands in the metadata; null where nothing does. */
    static @Nullable Shown in(CallHead head) {
        CharSequence authorization = head.metadata(Metadata.AUTHORIZATION);
        if (authorization == null) {
            authorization = head.metadata(Metadata.AUTHENTICATION);
        }
        if (authorization != null) {
            return new Shown(Kind.AUTHORIZATION, authorization.toString());
        }
        CharSequence user = head.metadata(Metadata.USERNAME);
        if (user == null) {
            return null;
        }
        CharSequence password = head.metadata(Metadata.PASSWORD);
        // No field of metadata has a line feed in it.
        return new Shown(Kind.NAME_AND_PASSWORD, user + "\n" + (password == null ? "" : password));
    }

    /** What stands in the message. */
    static Shown inMessage(String userId) {
        return new Shown(Kind.USER_ID, userId);
    }

    /** The credential, made anew for each who owns it; null where the text is none. */
    @Nullable
    Credential credential() {
        return switch (kind) {
            case AUTHORIZATION -> authorization();
            case NAME_AND_PASSWORD -> {
                int end = text.indexOf('\n');
                yield new Credential.Password(
                        text.substring(0, end), text.substring(end + 1).getBytes(StandardCharsets.UTF_8));
            }
            case USER_ID -> {
                Credential.Password password = decoded(text);
                yield password != null ? password : new Credential.Name(text);
            }
        };
    }

    private @Nullable Credential authorization() {
        int space = text.indexOf(' ');
        if (space < 0) {
            return null;
        }
        String scheme = text.substring(0, space);
        String value = text.substring(space + 1).strip();
        if (scheme.equalsIgnoreCase("bearer") && !value.isEmpty()) {
            return new Credential.Bearer(value);
        }
        return scheme.equalsIgnoreCase("basic") ? decoded(value) : null;
    }

    /** What {@code base64(user:password)} says, whatever its alphabet and padding; null where it is nothing of the kind. */
    private static Credential.@Nullable Password decoded(String base64) {
        int end = base64.length();
        while (end > 0 && base64.charAt(end - 1) == '=') {
            end--;
        }
        byte[] bytes;
        try {
            bytes = Base64.getDecoder()
                    .decode(base64.substring(0, end).replace('-', '+').replace('_', '/'));
        } catch (IllegalArgumentException e) {
            return null;
        }
        try {
            int separator = indexOfSeparator(bytes);
            if (separator < 1 || !isText(bytes)) {
                return null;
            }
            return new Credential.Password(
                    new String(bytes, 0, separator, StandardCharsets.UTF_8),
                    Arrays.copyOfRange(bytes, separator + 1, bytes.length));
        } finally {
            Arrays.fill(bytes, (byte) 0);
        }
    }

    private static int indexOfSeparator(byte[] bytes) {
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] == SEPARATOR) {
                return i;
            }
        }
        return -1;
    }

    /** A plain name can be valid base64 by chance, but what comes out of it is hardly ever text. */
    private static boolean isText(byte[] bytes) {
        for (byte b : bytes) {
            if (b >= 0 && b < ' ' || b == 0x7f) {
                return false;
            }
        }
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }

    @Override
    public String toString() {
        return "Shown[" + kind + "]";
    }
}
