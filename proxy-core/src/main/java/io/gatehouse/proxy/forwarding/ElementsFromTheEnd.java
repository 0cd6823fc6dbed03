// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.forwarding;

import org.jspecify.annotations.Nullable;

/**
 * The elements of a list, from the last to the first. Proxies append, so the end is what the nearest one wrote; read from there,
 * nothing that a client wrote before it, an open quote least of all, changes how it is understood.
 */
final class ElementsFromTheEnd {
    private final String list;
    private final char separator;
    private int end;

    ElementsFromTheEnd(String list, char separator) {
        this.list = list;
        this.separator = separator;
        this.end = list.length();
    }

    /** The element before, without white space around it; null where there is none. */
    @Nullable
    String previous() {
        if (end < 0) {
            return null;
        }
        int start = end;
        boolean quoted = false;
        while (start > 0 && (quoted || list.charAt(start - 1) != separator)) {
            quoted ^= list.charAt(--start) == '"';
        }
        String element = list.substring(start, end).strip();
        end = start - 1;
        return element;
    }
}
