// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/**
 * A script or style that stands in our own pages, and the source expression by which a Content-Security-Policy allows exactly
 * it: its hash, which unlike a nonce is the same in every answer and lets through nothing else.
 *
 * @param text as it stands between the tags
 * @param source {@code 'sha256-…'} (CSP level 3, section 2.3.1)
 */
record PageAsset(String text, String source) {
    /** From a file beside this class. */
    static PageAsset load(String name) {
        try (InputStream in = PageAsset.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("not in the jar: " + name);
            }
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return new PageAsset(text, "'sha256-" + sha256(text) + "'");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String sha256(String text) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return Base64.getEncoder().encodeToString(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every Java has it
        }
    }
}
