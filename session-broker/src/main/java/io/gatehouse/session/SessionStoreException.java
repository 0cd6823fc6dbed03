// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.session;

/** A {@link SessionStore} cannot be reached, or is full. */
public final class SessionStoreException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public SessionStoreException(String message) {
        super(message);
    }
}
