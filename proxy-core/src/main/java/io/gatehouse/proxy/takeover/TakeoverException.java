// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.takeover;

import java.io.IOException;

/** A takeover that cannot be. The message is for people: what is wrong and what to do. */
public final class TakeoverException extends IOException {
    TakeoverException(String message) {
        super(message);
    }

    TakeoverException(String message, Throwable cause) {
        super(message, cause);
    }
}
