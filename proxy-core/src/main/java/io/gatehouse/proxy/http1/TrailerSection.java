// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.http1;

/**
 * The fields after the last chunk (RFC 9112 section 7.1.2). Only fields that may stand there are passed on: nothing that
 * frames, routes, authenticates or says how to read the body (RFC 9110 section 6.5.1).
 */
public final class TrailerSection extends MessageHead {
    /** Whether the field may be passed on behind a body. */
    public boolean mayPass(int field) {
        return switch (name(field)) {
            case OTHER, ETAG, DATE -> !ConnectionField.names(this, field);
            default -> false;
        };
    }

    @Override
    void startLine(int start, int end) {
        throw new IllegalStateException("a trailer section has no start line");
    }

    @Override
    void complete() {
        // Fields of a trailer section have no bearing on each other.
    }
}
