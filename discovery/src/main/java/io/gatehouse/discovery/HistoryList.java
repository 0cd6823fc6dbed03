// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.gatehouse.proxy.exchange.UpstreamClient;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads which applications the History Server takes for unfinished. Read as a stream: of a list of eight megabytes only
 * what is kept becomes objects.
 */
final class HistoryList {
    private static final JsonFactory JSON = new JsonFactory();

    private final List<HistoryEntry> entries = new ArrayList<>();
    private final JsonParser parser;

    private HistoryList(JsonParser parser) {
        this.parser = parser;
    }

    /**
     * Those with valid ids, last started first: applications that ended without saying so are old.
     *
     * @param asked how many entries the server was asked for, at most
     * @throws IllegalStateException where the answer is no list
     */
    static UnfinishedApplications read(UpstreamClient.Reply reply, int asked) {
        if (reply.status() != 200) {
            throw new IllegalStateException("the History Server answered " + reply.status());
        }
        try (JsonParser parser = JSON.createParser(reply.body())) {
            HistoryList list = new HistoryList(parser);
            int count = list.readArray();
            list.entries.sort(Comparator.comparingLong(HistoryEntry::started).reversed());
            return new UnfinishedApplications(list.entries, count < asked);
        } catch (IOException notJson) {
            throw new IllegalStateException("the History Server's list is not JSON", notJson);
        }
    }

    /** Returns how many elements there are, valid or not. */
    private int readArray() throws IOException {
        if (parser.nextToken() != JsonToken.START_ARRAY) {
            throw new IllegalStateException("the History Server's list is no JSON array");
        }
        int count = 0;
        for (JsonToken token = next(); token != JsonToken.END_ARRAY; token = next()) {
            count++;
            if (token == JsonToken.START_OBJECT) {
                readEntry();
            } else {
                parser.skipChildren();
            }
        }
        return count;
    }

    /** The parser is at the entry's beginning, and then at its end. */
    private void readEntry() throws IOException {
        String id = "";
        String name = "";
        Attempts attempts = new Attempts();
        while (next() == JsonToken.FIELD_NAME) {
            String field = parser.currentName();
            JsonToken value = next();
            switch (field) {
                case "id" -> id = text(value);
                case "name" -> name = text(value);
                case "attempts" -> readAttempts(value, attempts);
                default -> parser.skipChildren();
            }
        }
        if (AppIds.isValid(id)) {
            entries.add(new HistoryEntry(
                    id, name, attempts.user, attempts.started, attempts.ended, attempts.completed, attempts.count));
        }
    }

    /** What is known of the attempts of one application: the first in the list is the newest, and stands for all. */
    private static final class Attempts {
        private int count;
        private String user = "";
        private long started = -1;
        private long ended = -1;
        private boolean completed;
    }

    private void readAttempts(JsonToken value, Attempts attempts) throws IOException {
        if (value != JsonToken.START_ARRAY) {
            parser.skipChildren();
            return;
        }
        for (JsonToken token = next(); token != JsonToken.END_ARRAY; token = next()) {
            if (token == JsonToken.START_OBJECT && attempts.count++ == 0) {
                readNewest(attempts);
            } else {
                parser.skipChildren();
            }
        }
    }

    private void readNewest(Attempts attempts) throws IOException {
        while (next() == JsonToken.FIELD_NAME) {
            String field = parser.currentName();
            JsonToken value = next();
            switch (field) {
                case "sparkUser" -> attempts.user = text(value);
                case "startTimeEpoch" -> attempts.started = number(value);
                case "endTimeEpoch" -> attempts.ended = number(value);
                case "completed" -> attempts.completed = value == JsonToken.VALUE_TRUE;
                default -> parser.skipChildren();
            }
        }
    }

    private String text(JsonToken value) throws IOException {
        if (value == JsonToken.VALUE_STRING) {
            return parser.getText();
        }
        parser.skipChildren();
        return "";
    }

    private long number(JsonToken value) throws IOException {
        if (value == JsonToken.VALUE_NUMBER_INT && parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER) {
            return parser.getLongValue();
        }
        parser.skipChildren();
        return -1;
    }

    /** The next token; an answer that was cut off has none. */
    private JsonToken next() throws IOException {
        @Nullable JsonToken token = parser.nextToken();
        if (token == null) {
            throw new IOException("the list ends too early");
        }
        return token;
    }
}
