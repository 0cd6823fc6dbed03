// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import static io.gatehouse.discovery.Decisions.app;
import static io.gatehouse.discovery.SparkJson.listing;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** The merged list for any list, against a merge of parsed JSON; whatever the cuts. */
class ListMergeFilterProperties {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final AppDirectory RUNNING = new AppDirectory(List.of(
            app("live-1", "d", listing("live-1", "x", null)), app("live-2", "e", listing("live-2", "y", null))));

    @Property(tries = 500)
    void theResultIsTheMergeOfParsedLists(
            @ForAll("lists") ArrayNode history,
            @ForAll @IntRange(max = 8) int limit,
            @ForAll @Size(max = 6) List<@IntRange(max = 3000) Integer> cuts)
            throws IOException {
        // Given
        List<JsonNode> expected = new ArrayList<>();
        for (Application application : RUNNING.applications()) {
            expected.add(JSON.readTree(application.listing().json()));
        }
        history.forEach(entry -> {
            if (!entry.get("id").asText().startsWith("live")) {
                expected.add(entry);
            }
        });

        // When
        byte[] sent = JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(history);
        int[] sorted = cuts.stream().mapToInt(cut -> cut).sorted().toArray();
        byte[] merged = Filtering.through(new ListMergeFilter(RUNNING, ListRequests.limited(limit)), sent, sorted);

        // Then
        List<JsonNode> result = new ArrayList<>();
        JSON.readTree(merged).forEach(result::add);
        assertThat(result).isEqualTo(expected.subList(0, Math.min(limit, expected.size())));
    }

    @Property(tries = 1000)
    void cutsDoNotMatterWhateverTheBytesAre(
            @ForAll("garbage") String text, @ForAll @Size(max = 6) List<@IntRange(max = 80) Integer> cuts) {
        byte[] body = SparkJson.bytes(text);
        ListRequest all = ListRequests.ALL;
        int[] sorted = cuts.stream().mapToInt(cut -> cut).sorted().toArray();
        assertThat(Filtering.through(new ListMergeFilter(RUNNING, all), body, sorted))
                .isEqualTo(Filtering.through(new ListMergeFilter(RUNNING, all), body));
    }

    @Provide
    Arbitrary<ArrayNode> lists() {
        Arbitrary<String> ids = Arbitraries.of("live-1", "live-2", "old-1", "old-2", "old-3");
        Arbitrary<String> names =
                Arbitraries.strings().withChars("{}[]\"\\,:a \u00e9\n").ofMaxLength(12);
        return ids.flatMap(id -> names.map(name -> {
                    ObjectNode entry = JSON.createObjectNode().put("name", name).put("id", id);
                    entry.putArray("attempts")
                            .addObject()
                            .put(name, 1)
                            .putNull("x")
                            .putArray("y")
                            .add(name);
                    return entry;
                }))
                .list()
                .ofMaxSize(8)
                .map(entries -> JSON.createArrayNode().addAll(entries));
    }

    @Provide
    Arbitrary<String> garbage() {
        return Arbitraries.of(
                        "[", "]", "{", "}", "\"", "\\", ",", " ", "a", "\"id\":\"live-1\"", "{\"id\":\"old\"}", "1")
                .list()
                .ofMaxSize(20)
                .map(parts -> "[ " + String.join("", parts));
    }
}
