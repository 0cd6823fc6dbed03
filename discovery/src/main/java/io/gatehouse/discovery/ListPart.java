// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import io.gatehouse.proxy.ErrorType;
import io.gatehouse.proxy.http1.HttpViolation;
import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One History Server's list on its way into that of several. Holds what has come and has not been looked at, and one entry.
 *
 * <p>Spark closes a connection that takes nothing for eight seconds, and a list whose turn comes late takes nothing for longer. So one
 * that breaks off is no failure as long as it gets further each time: when all that has come of it is used up, and its next entry is
 * wanted, it is asked for again. How far it is counts, not whether that was news: another server may have the same applications.
 */
final class ListPart implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ListPart.class);

    /** What lies here unread while others have their turn: no more than this, and what one read brings. */
    private static final int ENOUGH = 64 << 10;

    private static final int LARGEST_PIECE = 8 << 10;

    private enum State {
        /** It has not said anything, or not again. */
        ASKED,
        /** It lists. */
        LISTING,
        /** All of its list has come. */
        WHOLE,
        /** It broke off, and may be asked again. */
        BROKEN,
        /** It gives no list. */
        MISSING
    }

    private final HistoryServer server;
    private final ArrayDeque<ByteBuf> unread = new ArrayDeque<>();
    private final byte[] piece = new byte[LARGEST_PIECE];
    private EntryScanner scanner = new EntryScanner();
    private State state = State.ASKED;
    private int unreadBytes;
    private int at;
    private int end;
    private boolean hasEntry;
    private @Nullable String id;
    private long ended;
    /** Entries that have come since it was asked last, and the most that had come when it broke off before. */
    private int place;

    private int placeBefore;
    private int leftOut;
    private String firstLeftOut = "";

    ListPart(HistoryServer server) {
        this.server = server;
    }

    HistoryServer server() {
        return server;
    }

    /** Its answer is a list, from the beginning. */
    void lists() {
        state = State.LISTING;
        scanner = new EntryScanner();
    }

    /**
     * Nothing more comes, though its list has no end.
     *
     * @param told whether the answer has begun, with this one in it: then it is too late to do without
     */
    void fails(boolean told) {
        state = told || hasEntry ? State.BROKEN : State.MISSING;
        if (state == State.MISSING) {
            forget();
        }
    }

    /** All has come. */
    void ends() {
        state = State.WHOLE;
    }

    /** Owns {@code bytes}. */
    void add(ByteBuf bytes) {
        unread.addLast(bytes);
        unreadBytes += bytes.readableBytes();
    }

    boolean isUndecided() {
        return state == State.ASKED;
    }

    boolean isMissing() {
        return state == State.MISSING;
    }

    /** Whether more of its bytes are of use now. */
    boolean wantsMore() {
        return unreadBytes < ENOUGH;
    }

    /**
     * Looks for its next entry, where it has none.
     *
     * @throws HttpViolation where what has come is no list, or no whole one
     */
    void look() throws HttpViolation {
        while (!hasEntry && fillPiece()) {
            EntryScanner.Found found = scanner.scan(piece, at, end);
            at = scanner.position();
            if (found == EntryScanner.Found.ENTRY) {
                hasEntry = true;
                place++;
                id = EntryId.of(scanner.entry(), scanner.length());
                ended = EntryEnd.of(scanner.entry(), scanner.length());
            } else if (found == EntryScanner.Found.TOO_LARGE) {
                place++;
                leaveOut(EntryId.of(scanner.entry(), scanner.length()));
            } else if (found == EntryScanner.Found.UNREADABLE) {
                throw new HttpViolation(ErrorType.HTTP_PROTOCOL_ERROR, "a History Server's list that cannot be read");
            }
        }
        if (isLost()) {
            throw new HttpViolation(ErrorType.HTTP_RESPONSE_INCOMPLETE, "a History Server's list without an end");
        }
    }

    /** Of an entry too large to be held; the first one's id, where it can be told, says whose to look for. */
    private void leaveOut(@Nullable String tooLarge) {
        if (leftOut++ == 0) {
            firstLeftOut = tooLarge != null && AppIds.isValid(tooLarge) ? tooLarge : "";
        }
    }

    /** Whether there is something to look at. */
    private boolean fillPiece() {
        while (at == end && !unread.isEmpty()) {
            ByteBuf next = unread.getFirst();
            at = 0;
            end = Math.min(next.readableBytes(), piece.length);
            next.readBytes(piece, 0, end);
            unreadBytes -= end;
            if (!next.isReadable()) {
                unread.removeFirst().release();
            }
        }
        return at < end;
    }

    /** Whether it has to bring something before anybody knows what comes next. */
    boolean isWaitedFor() {
        return !hasEntry && (state == State.ASKED || state == State.LISTING || state == State.BROKEN);
    }

    /** Whether the next entry of its list comes only where it is asked again, and may come then. */
    boolean isWorthAskingAgain() {
        return state == State.BROKEN && isUsedUp() && place > placeBefore;
    }

    /** It is asked again, from the beginning of its list. */
    void restart() {
        state = State.ASKED;
        placeBefore = place;
        place = 0;
    }

    private boolean isUsedUp() {
        return !hasEntry && at == end && unread.isEmpty();
    }

    /** Whether its list has no end, and there is no use in asking for it again. */
    private boolean isLost() {
        return isUsedUp()
                && ((state == State.WHOLE && !scanner.isWhole()) || (state == State.BROKEN && place <= placeBefore));
    }

    boolean hasEntry() {
        return hasEntry;
    }

    /** Of its entry; null where it has none. */
    @Nullable
    String id() {
        return id;
    }

    /** When the application of its entry ended. */
    long ended() {
        return ended;
    }

    /** Its entry, in the first {@link #length} bytes; valid until {@link #look}. */
    byte[] entry() {
        return scanner.entry();
    }

    int length() {
        return scanner.length();
    }

    /** Its entry has had its turn. */
    void taken() {
        hasEntry = false;
    }

    private void forget() {
        unread.forEach(ByteBuf::release);
        unread.clear();
        unreadBytes = 0;
        at = end;
    }

    @Override
    public void close() {
        forget();
        if (leftOut > 0) {
            LOG.atWarn()
                    .addKeyValue("server", server.name())
                    .addKeyValue("applications", leftOut)
                    .addKeyValue("first", firstLeftOut)
                    .addKeyValue("largestBytes", EntryScanner.LARGEST_ENTRY)
                    .log("entries that are too large were left out of the list of all History Servers");
        }
    }
}
