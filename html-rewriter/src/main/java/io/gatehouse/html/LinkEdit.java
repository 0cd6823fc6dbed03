// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.html;

/** What {@link LinkMapping} has decided about one link; used over and over. */
final class LinkEdit {
    /** The bytes that the prefix takes the place of: {@code [from, to)}, empty where it is put before what is there. */
    int from;

    int to;
    /** Whether a slash follows the prefix, because nothing would be left of the path. */
    boolean slash;
}
