// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.gatehouse.proxy.BodyFilter;
import io.gatehouse.proxy.http1.HeaderName;
import io.gatehouse.proxy.http1.ResponseHead;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Puts running applications into the History Server's list while it streams by: they come first, and the History Server's
 * own entries of them are left out. Every other entry passes byte by byte as it came, in its order.
 *
 * <p>Holds one entry at a time. Where the answer is not a JSON array, or an entry is larger than {@value #LARGEST_ENTRY}
 * bytes, the rest passes unmodified.
 *
 * <p>A running application with several attempts keeps the History Server's entry, which has the older ones too.
 */
final class ListMergeFilter implements BodyFilter {
    private static final int LARGEST_ENTRY = 1 << 20;
    private static final byte[] SEPARATOR = {',', ' '};
    private static final JsonFactory JSON = new JsonFactory();

    private enum State {
        BEFORE_ARRAY,
        BETWEEN_ENTRIES,
        IN_ENTRY,
        IN_STRING,
        IN_ESCAPE,
        AFTER_ARRAY,
        UNMODIFIED
    }

    private final AppDirectory running;
    private final ListRequest request;
    private final List<Application> atTheEnd = new ArrayList<>();
    private State state = State.BEFORE_ARRAY;
    private byte[] entry = new byte[2048];
    private int length;
    private int depth;
    private int written;

    ListMergeFilter(AppDirectory running, ListRequest request) {
        this.running = running;
        this.request = request;
    }

    /** A filter for a whole JSON list; null for everything else, errors among it. */
    static @Nullable BodyFilter forResponse(ResponseHead response, AppDirectory running, ListRequest request) {
        String type = response.value(HeaderName.CONTENT_TYPE);
        boolean list = response.status() == 200
                && type != null
                && type.startsWith("application/json")
                && response.find(HeaderName.CONTENT_ENCODING) < 0;
        return list ? new ListMergeFilter(running, request) : null;
    }

    @Override
    public void filter(ByteBuf in, Consumer<ByteBuf> out) {
        ByteBuf merged = Unpooled.buffer(in.readableBytes() + 256);
        while (in.isReadable() && state != State.UNMODIFIED) {
            step(in.readByte(), merged);
        }
        out.accept(merged);
        if (in.isReadable()) {
            out.accept(in);
        } else {
            in.release();
        }
    }

    private void step(byte b, ByteBuf out) {
        switch (state) {
            case BEFORE_ARRAY -> {
                out.writeByte(b);
                if (b == '[') {
                    state = State.BETWEEN_ENTRIES;
                    out.writeByte(' ');
                    writeRunning(out);
                } else if (!isWhitespace(b)) {
                    state = State.UNMODIFIED;
                }
            }
            case BETWEEN_ENTRIES -> between(b, out);
            case IN_ENTRY -> {
                keep(b, out);
                if (b == '"') {
                    state = state == State.UNMODIFIED ? state : State.IN_STRING;
                } else if (b == '{' || b == '[') {
                    depth++;
                } else if ((b == '}' || b == ']') && --depth == 0 && state == State.IN_ENTRY) {
                    entryComplete(out);
                    state = State.BETWEEN_ENTRIES;
                }
            }
            case IN_STRING -> {
                keep(b, out);
                if (state == State.IN_STRING && (b == '"' || b == '\\')) {
                    state = b == '"' ? State.IN_ENTRY : State.IN_ESCAPE;
                }
            }
            case IN_ESCAPE -> {
                keep(b, out);
                if (state == State.IN_ESCAPE) {
                    state = State.IN_STRING;
                }
            }
            case AFTER_ARRAY -> out.writeByte(b);
            case UNMODIFIED -> throw new IllegalStateException("unmodified bytes are not looked at");
        }
    }

    private void between(byte b, ByteBuf out) {
        if (b == '{') {
            state = State.IN_ENTRY;
            depth = 1;
            length = 0;
            keep(b, out);
        } else if (b == ']') {
            for (Application application : atTheEnd) {
                writeListing(application, out);
            }
            out.writeByte(' ');
            out.writeByte(b);
            state = State.AFTER_ARRAY;
        } else if (b != ',' && !isWhitespace(b)) {
            out.writeByte(b);
            state = State.UNMODIFIED;
        }
    }

    private void keep(byte b, ByteBuf out) {
        if (length == LARGEST_ENTRY) {
            separate(out);
            out.writeBytes(entry, 0, length);
            out.writeByte(b);
            state = State.UNMODIFIED;
            return;
        }
        if (length == entry.length) {
            entry = Arrays.copyOf(entry, length * 2);
        }
        entry[length++] = b;
    }

    private void entryComplete(ByteBuf out) {
        String id = id();
        Application application = id == null ? null : running.find(id);
        if (application != null && !atTheEnd.remove(application) && application.listing() != null) {
            return;
        }
        if (written < request.limit()) {
            separate(out);
            out.writeBytes(entry, 0, length);
        }
    }

    private void writeRunning(ByteBuf out) {
        for (Application application : running.applications()) {
            AppListing listing = application.listing();
            if (listing != null
                    && listing.attemptId() != null
                    && !listing.attemptId().equals("1")) {
                atTheEnd.add(application);
            } else {
                writeListing(application, out);
            }
        }
    }

    private void writeListing(Application application, ByteBuf out) {
        AppListing listing = application.listing();
        if (listing != null && written < request.limit()) {
            separate(out);
            out.writeBytes(request.entry(listing));
        }
    }

    private void separate(ByteBuf out) {
        if (written++ > 0) {
            out.writeBytes(SEPARATOR);
        }
    }

    /** The entry's own id; null where it has none, or is not what it should be. */
    private @Nullable String id() {
        try (JsonParser parser = JSON.createParser(entry, 0, length)) {
            parser.nextToken();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                JsonToken value = parser.nextToken();
                if (name.equals("id") && value == JsonToken.VALUE_STRING) {
                    return parser.getText();
                }
                parser.skipChildren();
            }
        } catch (IOException notJson) {
            return null;
        }
        return null;
    }

    private static boolean isWhitespace(byte b) {
        return b == ' ' || b == '\n' || b == '\r' || b == '\t';
    }

    @Override
    public void finish(Consumer<ByteBuf> out) {
        // A list that ended in the middle of an entry is passed on as it came.
        if (state == State.IN_ENTRY || state == State.IN_STRING || state == State.IN_ESCAPE) {
            ByteBuf rest = Unpooled.buffer(length + SEPARATOR.length);
            separate(rest);
            out.accept(rest.writeBytes(entry, 0, length));
        }
    }

    @Override
    public void close() {
        // Holds no buffer.
    }
}
