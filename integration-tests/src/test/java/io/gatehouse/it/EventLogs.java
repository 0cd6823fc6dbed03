// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.it;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Event logs as Spark writes them, of applications that did nothing: many finished applications at no cost. */
final class EventLogs {
    private static final long DURATION = 60_000;
    private static final JsonMapper JSON = new JsonMapper();

    private EventLogs() {}

    /** Writes the log of an application that has ended, into a folder that a History Server reads. */
    static void write(Path folder, String id, String name, String user, Instant started) throws IOException {
        List<String> events = new ArrayList<>(beginning(id, name, user, started));
        events.add(event("SparkListenerApplicationEnd", Map.of("Timestamp", started.toEpochMilli() + DURATION)));
        Files.write(folder.resolve(id), events);
    }

    /** Writes the log of an application that has not ended. */
    static void writeUnfinished(Path folder, String id, String name, String user, Instant started) throws IOException {
        Files.write(folder.resolve(id + ".inprogress"), beginning(id, name, user, started));
    }

    private static List<String> beginning(String id, String name, String user, Instant started)
            throws JsonProcessingException {
        return List.of(
                event("SparkListenerLogStart", Map.of("Spark Version", "4.3.0")),
                event(
                        "SparkListenerApplicationStart",
                        Map.of(
                                "App Name", name,
                                "App ID", id,
                                "Timestamp", started.toEpochMilli(),
                                "User", user)));
    }

    /** The History Server looks at the beginnings of lines only, where the event's name has to stand. */
    private static String event(String name, Map<String, Object> fields) throws JsonProcessingException {
        Map<String, Object> event = new LinkedHashMap<>();
        event.put("Event", name);
        event.putAll(fields);
        return JSON.writeValueAsString(event);
    }
}
