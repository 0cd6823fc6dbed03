// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The URLs by which Spark's pages kill a job or a stage. */
final class KillPath {
    /** What stands below a segment of this name kills, in whatever UI. */
    static final String SEGMENT = "kill";

    private static final Pattern QUERY = Pattern.compile("id=(\\d{1,18})(&terminate=(true|false))?");
    private static final Pattern LINK = Pattern.compile("/(?:jobs/(job)|stages/(stage))/kill/");

    private KillPath() {}

    /**
     * What a link to kill names.
     *
     * @param kind {@code job} or {@code stage}
     * @param id a number in digits
     */
    record Link(String kind, String id) {}

    /**
     * Whether Jetty may take the path to a servlet that kills. It maps whatever stands below {@code …/kill}, decoded, and
     * leaves out {@code ;parameters} of a segment.
     *
     * @param path below the base path, which is the operator's to choose
     */
    static boolean matches(String path) {
        if (path.indexOf('%') < 0 && !path.contains("/" + SEGMENT)) {
            return false;
        }
        for (String segment : path.split("/")) {
            String decoded = URLDecoder.decode(segment, StandardCharsets.ISO_8859_1);
            int parameters = decoded.indexOf(';');
            if ((parameters < 0 ? decoded : decoded.substring(0, parameters)).equals(SEGMENT)) {
                return true;
            }
        }
        return false;
    }

    /** The query where it says nothing but what is killed; another one may hold what no log should. */
    static String sayable(String query) {
        return QUERY.matcher(query).matches() ? query : "";
    }

    /**
     * Reads a link as Spark writes them ({@code jobs/job/kill/?id=3}, {@code stages/stage/kill/?id=3&terminate=true}); null for
     * everything else, which no page of Spark links to.
     *
     * @param path in the driver's UI, with its first slash
     */
    static @Nullable Link link(String path, String query) {
        Matcher where = LINK.matcher(path);
        Matcher what = QUERY.matcher(query);
        if (!where.matches() || !what.matches()) {
            return null;
        }
        return new Link(where.group(1) == null ? "stage" : "job", what.group(1));
    }
}
