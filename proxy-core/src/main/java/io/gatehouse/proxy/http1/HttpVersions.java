// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.http1;

import io.gatehouse.proxy.ErrorType;

/** Reads {@code HTTP/1.0} and {@code HTTP/1.1} (RFC 9112 section 2.3); the name is case-sensitive. */
final class HttpVersions {
    static final int LENGTH = 8;

    private HttpVersions() {}

    /** The minor version of the eight bytes at {@code at}. Other versions: 505 for requests, 502 for responses. */
    static int minor(byte[] bytes, int at, ErrorType malformed) throws HttpViolation {
        boolean http = bytes[at] == 'H'
                && bytes[at + 1] == 'T'
                && bytes[at + 2] == 'T'
                && bytes[at + 3] == 'P'
                && bytes[at + 4] == '/'
                && HttpBytes.isDigit(bytes[at + 5])
                && bytes[at + 6] == '.'
                && HttpBytes.isDigit(bytes[at + 7]);
        if (!http) {
            throw new HttpViolation(malformed, "no HTTP version where one must stand");
        }
        if (bytes[at + 5] != '1' || bytes[at + 7] > '1') {
            throw new HttpViolation(
                    malformed == ErrorType.HTTP_REQUEST_ERROR ? ErrorType.HTTP_VERSION_NOT_SUPPORTED : malformed,
                    "an HTTP version other than 1.0 and 1.1");
        }
        return bytes[at + 7] - '0';
    }
}
