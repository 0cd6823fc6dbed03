// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.gatehouse.proxy.exchange.UpstreamClient;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Reads which applications the History Server takes for unfinished. */
final class HistoryList {
    private static final ObjectMapper JSON = new ObjectMapper();

    private record Entry(String id, long started) {}

    private HistoryList() {}

    /**
     * The valid ids, last started first: applications that ended without saying so are old.
     *
     * @throws IllegalStateException where the answer is no list
     */
    static List<String> ids(UpstreamClient.Reply reply) {
        if (reply.status() != 200) {
            throw new IllegalStateException("the History Server answered " + reply.status());
        }
        JsonNode list;
        try {
            list = JSON.readTree(reply.body());
        } catch (IOException notJson) {
            throw new IllegalStateException("the History Server's list is not JSON", notJson);
        }
        if (!list.isArray()) {
            throw new IllegalStateException("the History Server's list is no JSON array");
        }
        List<Entry> entries = new ArrayList<>();
        for (JsonNode entry : list) {
            String id = entry.path("id").asText();
            if (AppIds.isValid(id)) {
                entries.add(new Entry(id, entry.at("/attempts/0/startTimeEpoch").asLong()));
            }
        }
        entries.sort(Comparator.comparingLong(Entry::started).reversed());
        return entries.stream().map(Entry::id).distinct().toList();
    }
}
