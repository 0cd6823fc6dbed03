// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import static io.gatehouse.discovery.Decisions.app;
import static io.gatehouse.discovery.SparkJson.listing;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gatehouse.proxy.AnswerMerger;
import io.gatehouse.proxy.ErrorType;
import io.gatehouse.proxy.Upstream;
import io.gatehouse.proxy.UpstreamGroup;
import io.gatehouse.proxy.http1.HttpViolation;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** One list of several, for any lists in Spark's order, against a sort of parsed JSON; whatever the pieces, and whoever is late. */
class HistoryListMergerProperties {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final AppDirectory RUNNING = new AppDirectory(List.of(
            app("live-1", "d", listing("live-1", "x", null)), app("live-2", "e", listing("live-2", "y", null))));

    @Property(tries = 500)
    void theResultIsTheSortOfParsedLists(
            @ForAll @Size(min = 1, max = 4) List<@From("lists") ArrayNode> lists,
            @ForAll @IntRange(max = 12) int limit,
            @ForAll Random random)
            throws Exception {
        assertThat(merged(lists, limit, random, false)).isEqualTo(expected(lists, limit));
    }

    /**
     * As Spark does after eight seconds: each connection ends at some place, as often as it has got further than the one before; also
     * where all that it has brought was there already.
     */
    @Property(tries = 300)
    void listsThatBreakOffAreGoneOnWithWhereTheyWere(
            @ForAll @Size(min = 2, max = 3) List<@From("lists") ArrayNode> lists, @ForAll Random random)
            throws Exception {
        assertThat(merged(lists, 100, random, true)).isEqualTo(expected(lists, 100));
    }

    /** What is sorted stably by the end is in the servers' order where that is the same. */
    private static List<JsonNode> expected(List<ArrayNode> lists, int limit) throws IOException {
        List<JsonNode> all = new ArrayList<>();
        for (Application application : RUNNING.applications()) {
            all.add(JSON.readTree(application.shown().json()));
        }
        List<JsonNode> finished = new ArrayList<>();
        for (ArrayNode list : lists) {
            // As numbers look when they are read.
            JSON.readTree(JSON.writeValueAsBytes(list)).forEach(finished::add);
        }
        finished.sort(
                Comparator.comparingLong(HistoryListMergerProperties::ended).reversed());
        Set<String> ids = new HashSet<>(Set.of("live-1", "live-2"));
        finished.stream().filter(entry -> ids.add(entry.get("id").asText())).forEach(all::add);
        return all.subList(0, Math.min(limit, all.size()));
    }

    private static long ended(JsonNode entry) {
        return entry.get("attempts").get(0).get("endTimeEpoch").asLong();
    }

    private static List<JsonNode> merged(List<ArrayNode> lists, int limit, Random random, boolean breaking)
            throws Exception {
        List<HistoryServer> servers = IntStream.range(0, lists.size())
                .mapToObj(i -> new HistoryServer("s" + i, UpstreamGroup.of(new Upstream("s" + i, 1)), "", null))
                .toList();
        HistoryListMerger merger = new HistoryListMerger(
                servers,
                Set.copyOf(servers),
                RUNNING,
                ListRequests.limited(limit),
                new HistoryIndex(System::nanoTime),
                random.nextLong());
        List<Sender> senders = new ArrayList<>();
        for (int i = 0; i < lists.size(); i++) {
            senders.add(
                    new Sender(merger, i, JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(lists.get(i))));
        }
        ByteArrayOutputStream result = new ByteArrayOutputStream();
        boolean told = false;
        for (int turn = 0; !merger.isOver(); turn++) {
            assertThat(turn).isLessThan(1_000_000);
            senders.get(random.nextInt(senders.size())).step(random, breaking);
            told = told || merger.head() != null;
            if (told) {
                pull(merger, result);
            }
            for (Sender sender : senders) {
                if (sender.over && merger.restart(sender.part)) {
                    sender.again();
                }
            }
        }
        merger.close();
        List<JsonNode> entries = new ArrayList<>();
        JSON.readTree(result.toByteArray()).forEach(entries::add);
        return entries;
    }

    private static void pull(AnswerMerger merger, ByteArrayOutputStream result) throws HttpViolation {
        ByteBuf out = PooledByteBufAllocator.DEFAULT.buffer(64, AnswerMerger.MOST_BYTES);
        try {
            merger.next(out);
            out.readBytes(result, out.readableBytes());
        } catch (IOException impossible) {
            throw new AssertionError(impossible);
        } finally {
            out.release();
        }
    }

    /** A server that sends its list in pieces of any size. */
    private static final class Sender {
        private static final int MORE_THAN_AN_ENTRY = 700;

        private final AnswerMerger merger;
        private final int part;
        private final byte[] list;
        private int sent = -1;
        /** Up to there it has got no further than the time before. */
        private int furthest = MORE_THAN_AN_ENTRY;

        private boolean over;

        Sender(AnswerMerger merger, int part, byte[] list) {
            this.merger = merger;
            this.part = part;
            this.list = list;
        }

        void step(Random random, boolean breaking) throws HttpViolation {
            if (over) {
                return;
            }
            if (sent < 0) {
                assertThat(merger.onHead(part, Heads.response(200, "Content-Type: application/json")))
                        .isTrue();
                sent = 0;
            } else if (sent == list.length) {
                over = true;
                merger.onEnd(part);
            } else if (breaking && sent > furthest && random.nextInt(4) == 0) {
                furthest = sent + MORE_THAN_AN_ENTRY;
                over = true;
                merger.onFailed(part, ErrorType.HTTP_RESPONSE_INCOMPLETE);
            } else {
                int count = Math.min(list.length - sent, 1 + random.nextInt(300));
                ByteBuf piece = PooledByteBufAllocator.DEFAULT.directBuffer(count);
                merger.onBody(part, piece.writeBytes(list, sent, count));
                sent += count;
            }
        }

        void again() {
            sent = -1;
            over = false;
        }
    }

    @Provide
    Arbitrary<ArrayNode> lists() {
        Arbitrary<String> ids = Arbitraries.of("live-1", "live-2", "old-1", "old-2", "old-3", "old-4", "old-5");
        Arbitrary<String> names =
                Arbitraries.strings().withChars("{}[]\"\\,:a \u00e9\n").ofMaxLength(12);
        Arbitrary<Long> ends = Arbitraries.of(-1L, 1L, 2L, 3L, 1_795_239_518_375L);
        return ids.flatMap(id -> names.flatMap(name -> ends.map(end -> entry(id, name, end))))
                .list()
                .uniqueElements(entry -> entry.get("id").asText())
                .ofMaxSize(7)
                .map(entries -> {
                    List<ObjectNode> sorted = new ArrayList<>(entries);
                    sorted.sort(Comparator.comparingLong(HistoryListMergerProperties::ended)
                            .reversed());
                    return JSON.createArrayNode().addAll(sorted);
                });
    }

    private static ObjectNode entry(String id, String name, long end) {
        ObjectNode entry = JSON.createObjectNode().put("id", id).put("name", name);
        ArrayNode attempts = entry.putArray("attempts");
        attempts.addObject().put(name, "endTimeEpoch").put("endTimeEpoch", end).put("completed", end >= 0);
        attempts.addObject().put("endTimeEpoch", 99);
        return entry;
    }
}
