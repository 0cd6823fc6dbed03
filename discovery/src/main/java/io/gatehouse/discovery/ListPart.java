// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import io.gatehouse.proxy.ErrorType;
import io.gatehouse.proxy.http1.HttpViolation;
import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * One History Server's list on its way into that of several. Holds what has come and has not been looked at, and one entry.
 *
 * <p>Spark closes a connection that takes nothing for eight seconds, and a list whose turn comes late takes nothing for longer. So one
 * that breaks off is no failure as long as it has brought something: it is asked for again when its next entry is wanted.
 */
final class ListPart implements AutoCloseable {
    /** What lies here unread while others have their turn: no more than this, and what one read brings. */
    private static final int ENOUGH = 64 << 10;

    private static final int LARGEST_PIECE = 8 << 10;

    private enum State {
        /** It has not said anything. */
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
    private boolean everListed;
    private boolean broughtSomething;

    ListPart(HistoryServer server) {
        this.server = server;
    }

    HistoryServer server() {
        return server;
    }

    /** Its answer is a list, or not. */
    void answers(boolean list) {
        if (list) {
            state = State.LISTING;
            scanner = new EntryScanner();
            at = 0;
            end = 0;
            everListed = true;
            broughtSomething = false;
        } else {
            fails();
        }
    }

    /** Nothing more comes, though its list has no end. */
    void fails() {
        state = everListed ? State.BROKEN : State.MISSING;
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
                id = EntryId.of(scanner.entry(), scanner.length());
                ended = EntryEnd.of(scanner.entry(), scanner.length());
            } else if (found == EntryScanner.Found.UNREADABLE) {
                throw new HttpViolation(ErrorType.HTTP_PROTOCOL_ERROR, "a History Server's list that cannot be read");
            }
        }
        if (isLost()) {
            throw new HttpViolation(ErrorType.HTTP_RESPONSE_INCOMPLETE, "a History Server's list without an end");
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
        return !hasEntry && (state == State.LISTING || state == State.BROKEN);
    }

    /** Whether it has to be asked again for that. */
    boolean isBrokenOff() {
        return !hasEntry && state == State.BROKEN;
    }

    /** It is asked again, from the beginning of its list. */
    void restart() {
        releaseUnread();
        state = State.LISTING;
        broughtSomething = false;
    }

    /** Whether its list has no end, and there is no use in asking for it again: the last time brought nothing. */
    private boolean isLost() {
        return !hasEntry
                && ((state == State.WHOLE && !scanner.isWhole()) || (state == State.BROKEN && !broughtSomething));
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

    /** Its entry has had its turn; {@code fresh}: it had not been there before. */
    void taken(boolean fresh) {
        hasEntry = false;
        broughtSomething |= fresh;
    }

    private void releaseUnread() {
        unread.forEach(ByteBuf::release);
        unread.clear();
        unreadBytes = 0;
    }

    @Override
    public void close() {
        releaseUnread();
    }
}
