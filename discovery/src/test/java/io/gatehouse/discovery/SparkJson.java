// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Answers of Spark 4.3's REST API, byte by byte as it writes them. */
final class SparkJson {
    private SparkJson() {}

    /** A driver's or History Server's entry of an application without attempt ids. */
    static String entry(String id, String name, boolean completed) {
        return entry(id, name, null, completed);
    }

    static String entry(String id, String name, @Nullable String attemptId, boolean completed) {
        return """
                {
                  "id" : "%s",
                  "name" : "%s",
                  "attempts" : [ {
                %s    "startTime" : "2026-11-21T05:38:38.375GMT",
                    "endTime" : "1969-12-31T23:59:59.999GMT",
                    "lastUpdated" : "2026-11-21T05:38:38.375GMT",
                    "duration" : 212728,
                    "sparkUser" : "root",
                    "completed" : %s,
                    "appSparkVersion" : "4.3.0",
                    "startTimeEpoch" : 1795239518375,
                    "endTimeEpoch" : -1,
                    "lastUpdatedEpoch" : 1795239518375
                  } ]
                }""".formatted(
                        id, name, attemptId == null ? "" : "    \"attemptId\" : \"" + attemptId + "\",\n", completed);
    }

    /** A finished application as the History Server lists it, with fields that drivers do not send. */
    static String finished(String id) {
        return entry(id, "nightly {\\\"[", true)
                .replace(
                        "\"startTimeEpoch\"",
                        "\"exitCode\" : 0,\n    \"logSourceName\" : \"file:///x\",\n    \"later\" : { \"a\" : [ 1, \"]}\" ] },\n"
                                + "    \"startTimeEpoch\"");
    }

    static String list(String... entries) {
        return list(List.of(entries));
    }

    static String list(List<String> entries) {
        return entries.isEmpty() ? "[ ]" : "[ " + String.join(", ", entries) + " ]";
    }

    /** {@code /environment} with these properties, name and value in turns. */
    static String environment(String... properties) {
        StringBuilder pairs = new StringBuilder();
        for (int i = 0; i < properties.length; i += 2) {
            pairs.append(i == 0 ? "" : ", ")
                    .append("[ \"")
                    .append(properties[i])
                    .append("\", \"")
                    .append(properties[i + 1])
                    .append("\" ]");
        }
        return "{\n  \"runtime\" : {\n    \"javaVersion\" : \"17\"\n  },\n  \"sparkProperties\" : [ " + pairs + " ]\n}";
    }

    /** What a driver's answer makes of itself. */
    static AppListing listing(String id, String name, @Nullable String attemptId) {
        return listing(entry(id, name, attemptId, false));
    }

    static AppListing listing(String entry) {
        AppListing.Found found = AppListing.parse(bytes(list(entry)));
        if (found == null) {
            throw new IllegalArgumentException("not a listing: " + entry);
        }
        return found.listing();
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
