// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.identity;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** An encoded form ({@code application/x-www-form-urlencoded}) that holds secrets, and can be cleared of them. */
final class PasswordForm {
    private static final byte[] HEX = "0123456789ABCDEF".getBytes(StandardCharsets.US_ASCII);

    private ByteBuffer bytes = ByteBuffer.allocate(256);

    PasswordForm add(String name, String value) {
        return add(name, value.getBytes(StandardCharsets.UTF_8));
    }

    /** @param value as UTF-8; stays the caller's */
    PasswordForm add(String name, byte[] value) {
        ensure(1 + name.length() + 1 + 3 * value.length);
        if (bytes.position() > 0) {
            bytes.put((byte) '&');
        }
        bytes.put(name.getBytes(StandardCharsets.US_ASCII)).put((byte) '=');
        for (byte one : value) {
            if (isUnreserved(one)) {
                bytes.put(one);
            } else {
                bytes.put((byte) '%').put(HEX[(one >> 4) & 0xf]).put(HEX[one & 0xf]);
            }
        }
        return this;
    }

    /** The whole; whoever takes it clears it. Nothing of it stays here. */
    byte[] take() {
        byte[] whole = Arrays.copyOf(bytes.array(), bytes.position());
        Arrays.fill(bytes.array(), (byte) 0);
        return whole;
    }

    private void ensure(int more) {
        if (bytes.remaining() < more) {
            ByteBuffer larger = ByteBuffer.allocate(2 * bytes.capacity() + more);
            larger.put(bytes.array(), 0, bytes.position());
            Arrays.fill(bytes.array(), (byte) 0);
            bytes = larger;
        }
    }

    private static boolean isUnreserved(byte one) {
        return (one >= 'a' && one <= 'z')
                || (one >= 'A' && one <= 'Z')
                || (one >= '0' && one <= '9')
                || one == '-'
                || one == '.'
                || one == '_';
    }
}
