// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A driver's own entry for {@code /api/v1/applications} (Spark's {@code ApplicationInfo}).
 *
 * <p>A driver runs its user's code, and others see its entry in a page of ours: the History Server's scripts put numbers
 * into markup as they come, older ones all but the name. So numbers must be numbers, and text other than the name loses
 * the characters of markup.
 *
 * @param attemptId of its newest attempt, null where the cluster manager numbers none
 * @param sparkUser whom that attempt runs as; empty where the driver does not say so
 * @param newestStarted when that attempt began, in milliseconds since 1970; -1 where the driver does not say so
 * @param started when its attempts began; those that do not say so are left out
 * @param json the entry with every field that the driver sent
 * @param pageJson the same for the History Server's page of completed applications: without {@code completed}, because
 *     {@code historypage.js} skips entries in which that differs from the page's own kind, and shows those without it
 */
public record AppListing(
        String name,
        @Nullable String attemptId,
        String sparkUser,
        long newestStarted,
        List<Long> started,
        byte[] json,
        byte[] pageJson) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<String> NUMBERS =
            List.of("duration", "startTimeEpoch", "endTimeEpoch", "lastUpdatedEpoch");
    private static final String UNHEARD = """
            {"id":"ID","name":"ID","attempts":[{"startTime":"1969-12-31T23:59:59.999GMT",\
            "endTime":"1969-12-31T23:59:59.999GMT","lastUpdated":"1969-12-31T23:59:59.999GMT","duration":0,\
            "sparkUser":"","completed":false,"appSparkVersion":"","startTimeEpoch":-1,"endTimeEpoch":-1,\
            "lastUpdatedEpoch":-1}]}""";
    private static final Pattern MARKUP = Pattern.compile("[<>\"'&`]");

    /**
     * The entry of an application whose driver tells nothing, because a login stands before it or because it hangs: in Spark's shape, with
     * what Spark writes for what is not known.
     *
     * @param id valid by {@link AppIds}, so that it needs no escapes
     */
    static AppListing unheard(String id) {
        String json = UNHEARD.replace("ID", id);
        return new AppListing(
                id,
                null,
                "",
                -1,
                List.of(),
                json.getBytes(StandardCharsets.UTF_8),
                json.replace("\"completed\":false,", "").getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Reads a driver's answer to {@code /api/v1/applications}.
     *
     * @return null where it is not the list of exactly one application with a valid id
     */
    static @Nullable Found parse(byte[] answer) {
        try {
            JsonNode list = JSON.readTree(answer);
            if (!list.isArray() || list.size() != 1 || !(list.get(0) instanceof ObjectNode entry)) {
                return null;
            }
            return entry(entry);
        } catch (IOException notJson) {
            return null;
        }
    }

    private static @Nullable Found entry(ObjectNode entry) throws JsonProcessingException {
        JsonNode id = entry.path("id");
        JsonNode attempts = entry.path("attempts");
        if (!id.isTextual() || !AppIds.isValid(id.textValue()) || !attempts.isArray() || attempts.isEmpty()) {
            return null;
        }
        for (JsonNode attempt : attempts) {
            if (!isSound(attempt)) {
                return null;
            }
        }
        ObjectNode clean = (ObjectNode) clean(entry);
        clean.set("name", TextNode.valueOf(entry.path("name").asText()));
        ObjectNode forPage = clean.deepCopy();
        ObjectNode newest = (ObjectNode) forPage.get("attempts").get(0);
        newest.remove("completed");
        JsonNode attemptId = newest.path("attemptId");
        AppListing listing = new AppListing(
                entry.path("name").asText(),
                attemptId.isTextual() ? attemptId.textValue() : null,
                newest.path("sparkUser").asText(""),
                newest.path("startTimeEpoch").asLong(-1),
                started(attempts),
                JSON.writeValueAsBytes(clean),
                JSON.writeValueAsBytes(forPage));
        return new Found(id.textValue(), attempts.get(0).path("completed").asBoolean(false), listing);
    }

    private static List<Long> started(JsonNode attempts) {
        List<Long> started = new ArrayList<>();
        for (JsonNode attempt : attempts) {
            if (attempt.path("startTimeEpoch").isIntegralNumber()) {
                started.add(attempt.path("startTimeEpoch").longValue());
            }
        }
        return List.copyOf(started);
    }

    private static boolean isSound(JsonNode attempt) {
        JsonNode id = attempt.path("attemptId");
        JsonNode completed = attempt.path("completed");
        return attempt.isObject()
                && (id.isMissingNode() || id.isNull() || (id.isTextual() && AppIds.isValid(id.textValue())))
                && (completed.isMissingNode() || completed.isBoolean())
                && NUMBERS.stream()
                        .map(attempt::path)
                        .allMatch(number -> number.isMissingNode() || number.isIntegralNumber());
    }

    /** A copy without the characters of markup in any text. The parser has bounded the depth. */
    private static JsonNode clean(JsonNode node) {
        return switch (node) {
            case ObjectNode object -> {
                ObjectNode copy = JSON.createObjectNode();
                object.properties().forEach(field -> copy.set(field.getKey(), clean(field.getValue())));
                yield copy;
            }
            case ArrayNode array -> {
                ArrayNode copy = JSON.createArrayNode();
                array.forEach(element -> copy.add(clean(element)));
                yield copy;
            }
            case TextNode text ->
                TextNode.valueOf(MARKUP.matcher(text.textValue()).replaceAll("_"));
            default -> node;
        };
    }

    /** An application that a driver announces. */
    record Found(String id, boolean completed, AppListing listing) {}
}
