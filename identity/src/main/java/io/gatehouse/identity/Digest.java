// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.identity;

import java.security.MessageDigest;
import java.util.Arrays;

/** A hash as a key of maps. Compares in constant time. */
record Digest(byte[] bytes) {
    @Override
    public boolean equals(Object other) {
        return other instanceof Digest digest && MessageDigest.isEqual(bytes, digest.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return "Digest[…]";
    }
}
