// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.http1;

import io.gatehouse.proxy.ErrorType;

/**
 * A row of a table of bytes on the wire.
 *
 * @param what names the row in reports
 * @param wire one char one byte
 * @param refusal what it must be refused with; null where it must be taken
 */
record WireCase(String what, String wire, ErrorType refusal) {
    @Override
    public String toString() {
        return what;
    }
}
