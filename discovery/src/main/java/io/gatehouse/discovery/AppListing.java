// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A driver's own entry for {@code /api/v1/applications} (Spark's {@code ApplicationInfo}).
 *
 * @param attemptId of its newest attempt, null where the cluster manager numbers none
 * @param json the entry with every field that the driver sent
 * @param pageJson the same for the History Server's page of completed applications: without {@code completed}, because
 *     {@code historypage.js} skips entries in which that differs from the page's own kind, and shows those without it
 */
public record AppListing(String name, @Nullable String attemptId, byte[] json, byte[] pageJson) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * Reads a driver's answer to {@code /api/v1/applications}.
     *
     * @return null where it is not the list of exactly one running application with a valid id
     */
    static @Nullable Found parse(byte[] answer) {
        try {
            JsonNode list = JSON.readTree(answer);
            if (list == null || !list.isArray() || list.size() != 1) {
                return null;
            }
            return entry(list.get(0));
        } catch (IOException notJson) {
            return null;
        }
    }

    private static @Nullable Found entry(JsonNode entry) throws JsonProcessingException {
        JsonNode id = entry.path("id");
        JsonNode attempt = entry.path("attempts").path(0);
        if (!id.isTextual() || !AppIds.isValid(id.textValue()) || !attempt.isObject()) {
            return null;
        }
        JsonNode attemptId = attempt.path("attemptId");
        if (attemptId.isTextual() && !AppIds.isValid(attemptId.textValue())) {
            return null;
        }
        ObjectNode forPage = entry.deepCopy();
        ((ObjectNode) forPage.get("attempts").get(0)).remove("completed");
        AppListing listing = new AppListing(
                entry.path("name").asText(),
                attemptId.isTextual() ? attemptId.textValue() : null,
                JSON.writeValueAsBytes(entry),
                JSON.writeValueAsBytes(forPage));
        return new Found(id.textValue(), attempt.path("completed").asBoolean(false), listing);
    }

    /** An application that a driver announces. */
    record Found(String id, boolean completed, AppListing listing) {}
}
