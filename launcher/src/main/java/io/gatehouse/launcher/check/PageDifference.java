// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.check;

/**
 * One thing in a page that is not as it should be.
 *
 * @param kind what is wrong
 * @param where the element: its number in the page, and a CSS path to it
 * @param text what stands there, and what was expected
 */
public record PageDifference(Kind kind, String where, String text) {
    /** What can be wrong. */
    public enum Kind {
        /** A link that leads out of the application's prefix; the driver's own does not lead to another host. */
        ESCAPES,
        /** A link that has become another one. */
        CHANGED_LINK,
        /** Something that is no link, and differs. */
        CHANGED,
        /** An element that one page has and the other has not; what follows is not compared. */
        STRUCTURE
    }

    @Override
    public String toString() {
        return kind + " at " + where + ": " + text;
    }
}
