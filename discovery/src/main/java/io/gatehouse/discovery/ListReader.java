// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.async.ByteBufferFeeder;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads Spark's list of applications ({@code ApplicationInfo[]}) as it streams by, cut anywhere: what is kept is a row for
 * each application, and nothing of the rest. Used by one thread. Numbers that
 * are none of Spark's are as if they were not there; what is no JSON, or nested more than a thousand deep, or holds a text of more than
 * 20 million characters, is refused as a whole.
 *
 * <p>Depths: the list is 1, an application 2, its attempts 3, an attempt 4. The first attempt is the newest.
 */
final class ListReader implements Consumer<ByteBuf> {
    private static final JsonFactory JSON = new JsonFactory();
    private static final int APPLICATION = 2;
    private static final int ATTEMPTS = 3;
    private static final int ATTEMPT = 4;

    private final int most;
    private final JsonParser parser;
    private final ByteBufferFeeder feeder;
    private final List<ListedApplication> rows = new ArrayList<>();
    /** When the logs without an end were last written to. */
    private final Map<String, Long> written = new HashMap<>();
    /** The same few users again and again. */
    private final Map<String, String> users = new HashMap<>();

    private boolean whole;
    private boolean truncated;
    private int depth;
    private boolean inAttempts;
    private int attempts;
    private String field = "";
    private String id = "";
    private String name = "";
    private String user = "";
    private @Nullable String attempt;
    private long started;
    private long ended;
    private long updated;
    private boolean completed;

    /** {@code most}: rows that are kept, at most. */
    ListReader(int most) {
        this.most = most;
        try {
            this.parser = JSON.createNonBlockingByteBufferParser();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        this.feeder = (ByteBufferFeeder) parser.getNonBlockingInputFeeder();
    }

    /** The rows in the order in which they came. */
    List<ListedApplication> rows() {
        return rows;
    }

    /** By application, when something new was last read in the logs that have no end, in milliseconds since 1970. */
    Map<String, Long> written() {
        return written;
    }

    /** Whether the list has been read to its end. */
    boolean isWhole() {
        return whole;
    }

    /** Whether there were more than are kept. */
    boolean isTruncated() {
        return truncated;
    }

    /** Takes a piece, which is only lent. */
    @Override
    public void accept(ByteBuf piece) {
        try {
            feeder.feedInput(piece.nioBuffer());
            for (JsonToken token = parser.nextToken();
                    token != JsonToken.NOT_AVAILABLE && token != null;
                    token = parser.nextToken()) {
                take(token);
            }
        } catch (IOException notJson) {
            throw new UncheckedIOException(notJson);
        }
    }

    private void take(JsonToken token) throws IOException {
        switch (token) {
            case START_ARRAY, START_OBJECT -> begin(token);
            case END_ARRAY, END_OBJECT -> end();
            case FIELD_NAME -> field = parser.currentName();
            default -> value(token);
        }
    }

    private void begin(JsonToken token) {
        depth++;
        if (depth == 1 && token != JsonToken.START_ARRAY) {
            throw new IllegalStateException("the History Server's list is no JSON array");
        }
        if (depth == APPLICATION) {
            field = "";
            id = "";
            name = "";
            user = "";
            attempt = null;
            started = -1;
            ended = -1;
            updated = -1;
            completed = false;
            attempts = 0;
        } else if (depth == ATTEMPTS) {
            inAttempts = token == JsonToken.START_ARRAY && field.equals("attempts");
        } else if (depth == ATTEMPT && inAttempts) {
            attempts++;
        }
    }

    private void end() {
        if (depth == APPLICATION) {
            add();
        } else if (depth == ATTEMPTS) {
            inAttempts = false;
        }
        depth--;
        whole = depth == 0;
    }

    private void value(JsonToken token) throws IOException {
        if (depth == APPLICATION) {
            switch (field) {
                case "id" -> id = text(token);
                case "name" -> name = text(token);
                default -> {}
            }
        } else if (depth == ATTEMPT && inAttempts && attempts == 1) {
            switch (field) {
                case "attemptId" -> attempt = AppIds.isValid(text(token)) ? text(token) : null;
                case "sparkUser" -> user = users.computeIfAbsent(ListedApplication.cut(text(token)), same -> same);
                case "startTimeEpoch" -> started = number(token);
                case "endTimeEpoch" -> ended = number(token);
                case "lastUpdatedEpoch" -> updated = number(token);
                case "completed" -> completed = token == JsonToken.VALUE_TRUE;
                default -> {}
            }
        }
    }

    private String text(JsonToken token) throws IOException {
        return token == JsonToken.VALUE_STRING ? parser.getText() : "";
    }

    private long number(JsonToken token) throws IOException {
        return token == JsonToken.VALUE_NUMBER_INT && parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER
                ? Math.max(-1, parser.getLongValue())
                : -1;
    }

    private void add() {
        if (!AppIds.isValid(id)) {
            return;
        }
        if (rows.size() == most) {
            truncated = true;
            return;
        }
        if (!completed) {
            written.put(id, updated);
        }
        ListedApplication.State state = completed ? ListedApplication.State.FINISHED : ListedApplication.State.UNKNOWN;
        rows.add(new ListedApplication(id, name, user, state, started, completed ? ended : -1, attempt));
    }
}
