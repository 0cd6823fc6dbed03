// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.login;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;

/**
 * Reads credentials from where clients put them. Called by the doors, once for each new header or field. What cannot be read is refused
 * here, so that {@link Logins} sees only sound ones.
 */
public final class Credentials {
    /** Of an encoded one, in characters; and of a token, which RFC 8725 leaves to us. */
    public static final int LONGEST_TOKEN = 16 * 1024;

    private static final int LONGEST_PASSWORD = 1024;

    private Credentials() {}

    /**
     * The value of an {@code authorization} header or metadata entry: {@code Basic} as of RFC 7617, {@code Bearer} as of RFC 6750.
     *
     * @throws MalformedCredentialException if it is neither, or not well-formed
     */
    public static Credential authorization(String value) throws MalformedCredentialException {
        int space = value.indexOf(' ');
        String scheme = (space < 0 ? value : value.substring(0, space)).toLowerCase(Locale.ROOT);
        String rest = space < 0 ? "" : value.substring(space).strip();
        return switch (scheme) {
            case "basic" ->
                userAndPassword(rest)
                        .orElseThrow(
                                () -> new MalformedCredentialException(
                                        "The Basic credential is not base64 of user:password in UTF-8 without control characters."));
            case "bearer" -> bearer(rest);
            default -> throw new MalformedCredentialException("Only Basic and Bearer credentials are known here.");
        };
    }

    /**
     * A token by itself.
     *
     * @throws MalformedCredentialException if it is empty, too long or holds what no token may
     */
    public static Credential bearer(String token) throws MalformedCredentialException {
        if (token.length() > LONGEST_TOKEN) {
            throw new MalformedCredentialException("The token is longer than 16 KiB.");
        }
        if (token.isEmpty() || !token.chars().allMatch(character -> character > ' ' && character < 0x7f)) {
            throw new MalformedCredentialException("The token is empty, or holds characters that no token may.");
        }
        return new Credential.Bearer(token);
    }

    /**
     * User and password of two fields, as of {@code x-spark-username} and {@code x-spark-password}.
     *
     * @throws MalformedCredentialException if either is too long, has control characters, or there is no user
     */
    public static Credential password(String user, String password) throws MalformedCredentialException {
        byte[] bytes = password.getBytes(StandardCharsets.UTF_8);
        if (!UserNames.isValid(user)
                || bytes.length > LONGEST_PASSWORD
                || password.codePoints().anyMatch(UserNames::isNoText)) {
            Arrays.fill(bytes, (byte) 0);
            throw new MalformedCredentialException("User name or password are too long, or hold control characters.");
        }
        return new Credential.Password(user, bytes);
    }

    /**
     * The {@code user_id} of a Spark Connect message that came without any other credential: {@code base64(user:password)}, or else a
     * name. A name that happens to be base64 of text with a colon in it cannot be told from the former.
     *
     * @throws MalformedCredentialException if it is neither
     */
    public static Credential userId(String userId) throws MalformedCredentialException {
        Optional<Credential.Password> password = userAndPassword(userId);
        if (password.isPresent()) {
            return password.get();
        }
        if (!UserNames.isValid(userId)) {
            throw new MalformedCredentialException("The user name is empty, too long, or holds control characters.");
        }
        return new Credential.Name(userId);
    }

    /**
     * Reads {@code base64(user:password)}: either alphabet, with or without padding (PySpark cuts it off), strict UTF-8. The first colon
     * ends the user's name.
     *
     * @return empty if it is something else
     */
    public static Optional<Credential.Password> userAndPassword(String encoded) {
        if (encoded.length() > LONGEST_TOKEN) {
            return Optional.empty();
        }
        byte[] decoded;
        try {
            decoded = Base64.getDecoder()
                    .decode(unpadded(encoded).replace('-', '+').replace('_', '/'));
        } catch (IllegalArgumentException notBase64) {
            return Optional.empty();
        }
        try {
            return split(decoded);
        } finally {
            Arrays.fill(decoded, (byte) 0);
        }
    }

    private static Optional<Credential.Password> split(byte[] decoded) {
        int colon = 0;
        while (colon < decoded.length && decoded[colon] != ':') {
            colon++;
        }
        if (colon == decoded.length || decoded.length - colon - 1 > LONGEST_PASSWORD || !isText(decoded)) {
            return Optional.empty();
        }
        String user = new String(decoded, 0, colon, StandardCharsets.UTF_8);
        return UserNames.isValid(user)
                ? Optional.of(new Credential.Password(user, Arrays.copyOfRange(decoded, colon + 1, decoded.length)))
                : Optional.empty();
    }

    /** Whether bytes are UTF-8 without control characters; leaves no copy of them behind. */
    private static boolean isText(byte[] bytes) {
        try {
            var text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            boolean clean = text.codePoints().noneMatch(UserNames::isNoText);
            Arrays.fill(text.array(), '\0');
            return clean;
        } catch (CharacterCodingException notUtf8) {
            return false;
        }
    }

    private static String unpadded(String encoded) {
        int end = encoded.length();
        while (end > 0 && end > encoded.length() - 2 && encoded.charAt(end - 1) == '=') {
            end--;
        }
        return encoded.substring(0, end);
    }
}
