// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.config;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;

/** What spark-web-proxy's section {@code security.cors} means here: the same for origins that are named, nothing for {@code *}. */
final class SparkWebProxyCors {
    private static final String THEIRS = "security.cors.";
    private static final String OURS = "ui.cors.";
    private static final String WHAT_READS =
            "GET and HEAD need not be named. The others serve for nothing in Spark but to kill jobs, which no other site may.";

    /** What every origin may use, and what is answered here. */
    private static final Set<String> ALWAYS = Set.of("GET", "HEAD", "OPTIONS");

    private final boolean chart;
    private final ForeignKeys keys;
    private final ImportedConfig imported;

    /** {@code chart}: whether the chart's defaults count rather than the program's. */
    SparkWebProxyCors(boolean chart, ForeignKeys keys, ImportedConfig imported) {
        this.chart = chart;
        this.keys = keys;
        this.imported = imported;
    }

    void convert() {
        ConfigNode.Sequence origins = keys.list(THEIRS + "allowedOrigins");
        if (origins == null || has(origins, "*")) {
            imported.omit(
                    "security.cors",
                    "it allows every origin (*), so that any web page that somebody behind your firewall opens could read your"
                            + " applications. No other site may read anything here, unless ui.cors names it.");
        } else if (!origins.items().isEmpty()) {
            convert(origins);
        }
    }

    private void convert(ConfigNode.Sequence origins) {
        imported.set(OURS + "allowedOrigins", THEIRS + "allowedOrigins", origins, "");
        ConfigNode.Sequence methods = keys.list(THEIRS + "allowedMethods");
        if (methods == null) {
            imported.omit(THEIRS + "allowedMethods", WHAT_READS);
        } else {
            imported.set(
                    OURS + "allowedMethods",
                    THEIRS + "allowedMethods",
                    without(methods, method -> ALWAYS.contains(method.toUpperCase(Locale.ROOT))),
                    WHAT_READS);
        }
        ConfigNode.Scalar credentials = keys.value(THEIRS + "allowCredentials");
        boolean withCredentials = credentials != null && credentials.text().equals("true");
        headers(
                "allowedHeaders",
                withCredentials,
                chart ? List.of("Origin", "Accept", "Authorization", "Content-Length", "Content-Type") : List.of("*"));
        headers("exposedHeaders", withCredentials, List.of("Content-Length"));
        if (credentials != null) {
            imported.set(OURS + "allowCredentials", THEIRS + "allowCredentials", credentials, "");
        }
        ConfigNode.Scalar maxAge = keys.value(THEIRS + "maxAge");
        String seconds = maxAge == null ? "3600" : maxAge.text();
        Origin origin = maxAge == null ? origins.origin() : maxAge.origin();
        imported.set(OURS + "maxAge", THEIRS + "maxAge", new ConfigNode.Scalar(seconds + "s", origin), "");
    }

    private void headers(String key, boolean withCredentials, List<String> defaults) {
        ConfigNode.Sequence names = keys.list(THEIRS + key);
        if (names == null) {
            names = new ConfigNode.Sequence(
                    defaults.stream()
                            .<ConfigNode>map(name -> new ConfigNode.Scalar(name, Origin.defaults()))
                            .toList(),
                    Origin.defaults());
        }
        if (withCredentials && has(names, "*")) {
            imported.differ(
                    THEIRS + key + ": with credentials, browsers take * for the name of a field (WHATWG Fetch), so it"
                            + " is left out of ui.cors." + key + ": write the names there.");
            names = without(names, "*"::equals);
        }
        imported.set(OURS + key, THEIRS + key, names, "");
    }

    private static boolean has(ConfigNode.Sequence list, String text) {
        return list.items().stream().anyMatch(item -> text(item).equals(text));
    }

    private static ConfigNode.Sequence without(ConfigNode.Sequence list, Predicate<String> unwanted) {
        List<ConfigNode> rest =
                list.items().stream().filter(item -> !unwanted.test(text(item))).toList();
        return new ConfigNode.Sequence(rest, list.origin());
    }

    private static String text(ConfigNode item) {
        return ((ConfigNode.Scalar) item).text();
    }
}
