// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.identity;

/** A file of users or API keys cannot be taken. The message names the line and quotes no secret. */
public final class IdentityFileException extends Exception {
    IdentityFileException(String message) {
        super(message);
    }

    static IdentityFileException at(int line, String problem) {
        return new IdentityFileException("line " + line + ": " + problem);
    }
}
