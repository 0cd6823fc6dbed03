// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.http1;

import io.gatehouse.proxy.ErrorType;

/**
 * A message broke a rule of RFC 9112 or a limit of ours; the connection it came on is of no further use. Carries no stack:
 * hostile clients produce it at will, and the message says which rule it was.
 */
public final class HttpViolation extends Exception {
    private final ErrorType type;
    private final String rule;

    public HttpViolation(ErrorType type, String rule) {
        super(rule, null, false, false);
        this.type = type;
        this.rule = rule;
    }

    static HttpViolation request(String rule) {
        return new HttpViolation(ErrorType.HTTP_REQUEST_ERROR, rule);
    }

    static HttpViolation response(String rule) {
        return new HttpViolation(ErrorType.HTTP_PROTOCOL_ERROR, rule);
    }

    /** The rule that was broken, in words; never holds bytes of the message. */
    public String rule() {
        return rule;
    }

    public ErrorType type() {
        return type;
    }
}
