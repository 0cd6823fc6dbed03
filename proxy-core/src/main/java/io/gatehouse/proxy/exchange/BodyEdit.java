// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.exchange;

/** What becomes of a response's body on its way through. */
enum BodyEdit {
    /** It passes as it came. */
    NONE,
    /** Its bytes change, and so may their number. */
    FILTERED,
    /** The same, and what leaves has no content coding. */
    DECODED
}
