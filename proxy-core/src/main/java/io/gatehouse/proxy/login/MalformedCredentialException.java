// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.login;

/** What a client sent as its credential cannot be read. The message is a sentence for the user and quotes nothing of it. */
public final class MalformedCredentialException extends Exception {
    MalformedCredentialException(String message) {
        super(message);
    }
}
