// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The parameters of a query, decoded and chosen as Jersey does, on which Spark's REST API stands. */
final class QueryParameters {
    private final Map<String, List<String>> values = new HashMap<>();

    private QueryParameters() {}

    /** {@code query}: without {@code ?}, as it came; its length is bounded by the codec. */
    static QueryParameters of(String query) {
        QueryParameters parameters = new QueryParameters();
        for (String pair : query.split("&", -1)) {
            int equals = pair.indexOf('=');
            String name = decoded(equals < 0 ? pair : pair.substring(0, equals));
            String value = equals < 0 ? "" : decoded(pair.substring(equals + 1));
            parameters.values.computeIfAbsent(name, first -> new ArrayList<>()).add(value);
        }
        return parameters;
    }

    /** As it came where the escapes are broken: the History Server will say so. */
    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException brokenEscape) {
            return text;
        }
    }

    /** Every value, in order. */
    List<String> all(String name) {
        return values.getOrDefault(name, List.of());
    }

    /** The first value, the only one that counts where Spark takes one; null where there is none. */
    @Nullable
    String first(String name) {
        List<String> all = all(name);
        return all.isEmpty() ? null : all.getFirst();
    }
}
