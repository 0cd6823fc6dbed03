// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * The {@code Authorization} that this proxy itself shows to an upstream, in place of whatever a client sends. It may change while
 * requests are under way, as a token in a file does; two are equal only if they are one object. No text of it tells the secret.
 *
 * <p>An upstream that knows this proxy by it gets no cookie of a client's, which login filters would believe first, and sets none:
 * the session that it opens is this proxy's, not the client's.
 */
public final class OwnAuthorization {
    /** A scheme and its credentials (RFC 9110 section 11.4). */
    private static final Pattern VALUE = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+ [!-~]([ -~]*[!-~])?");

    private volatile byte[] line = new byte[0];

    /** Nothing is shown until {@link #use}. */
    public OwnAuthorization() {}

    /** Shows {@code value} from now on, which {@link #isValue}. */
    public void use(String value) {
        if (!isValue(value)) {
            throw new IllegalArgumentException("not a value of Authorization");
        }
        line = ("Authorization: " + value + "\r\n").getBytes(StandardCharsets.US_ASCII);
    }

    /** Whether the text may stand in the field. */
    public static boolean isValue(String text) {
        return VALUE.matcher(text).matches();
    }

    /** The whole field line, empty where there is nothing to show; not to be changed, and never to be logged. */
    public byte[] line() {
        return line;
    }

    @Override
    public String toString() {
        return "OwnAuthorization";
    }
}
