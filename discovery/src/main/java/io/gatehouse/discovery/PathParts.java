// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

/**
 * An id in a path, and what follows it.
 *
 * @param id the segment, not checked
 * @param hasSlash whether a slash follows the id
 * @param rest behind that slash
 */
record PathParts(String id, boolean hasSlash, String rest) {
    /** The parts of {@code path} from {@code start} on. */
    static PathParts after(String path, int start) {
        int slash = path.indexOf('/', start);
        return slash < 0
                ? new PathParts(path.substring(start), false, "")
                : new PathParts(path.substring(start, slash), true, path.substring(slash + 1));
    }

    /** Whether the first segment of what follows an id is a number: the id of an attempt, none of Spark's pages. */
    static boolean startsWithNumber(String rest) {
        int slash = rest.indexOf('/');
        String first = slash < 0 ? rest : rest.substring(0, slash);
        return !first.isEmpty() && first.chars().allMatch(c -> c >= '0' && c <= '9');
    }
}
