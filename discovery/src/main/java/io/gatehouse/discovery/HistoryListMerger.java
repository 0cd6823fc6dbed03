// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import io.gatehouse.proxy.AnswerMerger;
import io.gatehouse.proxy.ErrorType;
import io.gatehouse.proxy.LocalResponse;
import io.gatehouse.proxy.http1.HttpViolation;
import io.gatehouse.proxy.http1.ResponseHead;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes one list of what runs and of the lists of several History Servers, as they stream by. Each comes in Spark's order, the
 * application that ended last first ({@code FsHistoryProvider.getListing}), and so does the result; those that have not ended are last.
 * Of two that ended at the same time the one of the server that stands first in the configuration comes first. An id that was there
 * already is left out, so where several know it, the entry counts that ended last.
 *
 * <p>A list that brings no entry before the answer begins is left out, and the answer says so; one that brings no more later cuts it.
 *
 * <p>Holds one entry of each server and some of what has come from it, and 16 to 32 bytes for each id that was there.
 */
final class HistoryListMerger implements AnswerMerger {
    /** So many of a list are remembered to be where they are: those that ended last, which are looked at. */
    private static final int MOST_LEARNED = 10_000;

    private static final byte[] SEPARATOR = ascii(", ");

    private enum Stage {
        BEGINNING,
        LISTS,
        ENDING,
        OVER
    }

    private final List<ListPart> parts;
    private final Set<HistoryServer> waitedFor;
    private final AppDirectory running;
    private final ListRequest request;
    private final ListSelection selection;
    private final HistoryIndex index;
    private final SeenIds seen;
    /** What is to be written next. */
    private final Queue<Piece> pieces = new ArrayDeque<>();

    private Stage stage = Stage.BEGINNING;
    /** Whether the head has been told, and with it which lists are missing. */
    private boolean told;

    private int written;
    private boolean teaches;
    private int learned;

    /** Bytes that are somebody else's, and how far they are written. */
    private static final class Piece {
        final byte[] bytes;
        final int length;
        int written;

        Piece(byte[] bytes, int length) {
            this.bytes = bytes;
            this.length = length;
        }

        /** Returns whether all is written. */
        boolean writeTo(ByteBuf out, int most) {
            int count = Math.min(length - written, most);
            out.writeBytes(bytes, written, count);
            written += count;
            return written == length;
        }
    }

    /**
     * @param servers the parts, in their order
     * @param waitedFor those of them that get the time that they may need; of the others' silence nothing new is learned
     * @param seed random, see {@link SeenIds}
     */
    HistoryListMerger(
            List<HistoryServer> servers,
            Set<HistoryServer> waitedFor,
            AppDirectory running,
            ListRequest request,
            HistoryIndex index,
            long seed) {
        this.parts = servers.stream().map(ListPart::new).toList();
        this.waitedFor = waitedFor;
        this.running = running;
        this.request = request;
        this.selection = new ListSelection(running, request);
        this.index = index;
        this.seen = new SeenIds(seed);
    }

    @Override
    public boolean onHead(int part, ResponseHead head) {
        boolean list = ListMergeFilter.isList(head);
        HistoryServer server = parts.get(part).server();
        if (head.status() >= 502 && head.status() <= 504) {
            index.missed(server);
        } else {
            index.answered(server);
        }
        if (list) {
            parts.get(part).lists();
        } else {
            parts.get(part).fails(told);
        }
        return list;
    }

    @Override
    public void onBody(int part, ByteBuf piece) throws HttpViolation {
        parts.get(part).add(piece);
        lookEarly(parts.get(part));
    }

    @Override
    public void onEnd(int part) throws HttpViolation {
        parts.get(part).ends();
        lookEarly(parts.get(part));
    }

    /** Up to its first entry: what is no list is found out while that can still be told. */
    private void lookEarly(ListPart part) throws HttpViolation {
        if (!told) {
            part.look();
        }
    }

    @Override
    public void onFailed(int part, ErrorType error) {
        ListPart failed = parts.get(part);
        if (failed.isUndecided() && waitedFor.contains(failed.server()) && HistoryIndex.isSilence(error)) {
            index.missed(failed.server());
        }
        failed.fails(told);
    }

    @Override
    public @Nullable LocalResponse head() {
        List<HistoryServer> missing =
                parts.stream().filter(ListPart::isMissing).map(ListPart::server).toList();
        boolean nobody = missing.size() == parts.size();
        if (parts.stream().anyMatch(ListPart::isUndecided) || (nobody && !request.includesRunning())) {
            return null;
        }
        told = true;
        // A copy that is not in the list may be the one that ended last.
        teaches = missing.isEmpty() && request.namesEveryFinished();
        return ListRoutes.incomplete(LocalResponse.json(200, ""), ListRoutes.unseen(running, request, missing));
    }

    @Override
    public boolean wants(int part) {
        return parts.get(part).wantsMore();
    }

    @Override
    public boolean restart(int part) {
        ListPart broken = parts.get(part);
        boolean again = broken.isWorthAskingAgain();
        if (again) {
            broken.restart();
        }
        return again;
    }

    @Override
    public void next(ByteBuf out) throws HttpViolation {
        while (out.readableBytes() < MOST_BYTES) {
            Piece piece = pieces.peek();
            if (piece == null) {
                if (!prepare()) {
                    return;
                }
            } else if (piece.writeTo(out, MOST_BYTES - out.readableBytes())) {
                pieces.remove();
            }
        }
    }

    /** Says what comes next; false where nobody knows yet, or nothing does. */
    private boolean prepare() throws HttpViolation {
        switch (stage) {
            case BEGINNING -> {
                pieces.add(new Piece(ascii("[ "), 2));
                selection.first().forEach(entry -> add(entry, entry.length));
                stage = Stage.LISTS;
            }
            case LISTS -> {
                ListPart next = null;
                if (!selection.isFull()) {
                    if (isAnyWaitedFor()) {
                        return false;
                    }
                    next = latest();
                }
                if (next == null) {
                    stage = Stage.ENDING;
                } else {
                    take(next);
                }
            }
            case ENDING -> {
                selection.last().forEach(entry -> add(entry, entry.length));
                pieces.add(new Piece(ascii(" ]"), 2));
                stage = Stage.OVER;
            }
            case OVER -> {
                return false;
            }
        }
        return true;
    }

    private boolean isAnyWaitedFor() throws HttpViolation {
        boolean waits = false;
        for (ListPart part : parts) {
            part.look();
            waits |= part.isWaitedFor();
        }
        return waits;
    }

    /** The part whose entry is next; null where none has one. */
    private @Nullable ListPart latest() {
        ListPart latest = null;
        for (ListPart part : parts) {
            if (part.hasEntry() && (latest == null || part.ended() > latest.ended())) {
                latest = part;
            }
        }
        return latest;
    }

    private void take(ListPart part) {
        String id = part.id();
        boolean fresh = id != null && seen.add(id);
        part.taken();
        if (id == null || !fresh) {
            return;
        }
        if (selection.takes(id)) {
            add(part.entry(), part.length());
        }
        if (teaches && learned < MOST_LEARNED && AppIds.isValid(id)) {
            learned++;
            index.learn(id, part.server());
        }
    }

    private void add(byte[] entry, int length) {
        if (written++ > 0) {
            pieces.add(new Piece(SEPARATOR, SEPARATOR.length));
        }
        pieces.add(new Piece(entry, length));
    }

    @Override
    public boolean isOver() {
        return stage == Stage.OVER && pieces.isEmpty();
    }

    @Override
    public void close() {
        parts.forEach(ListPart::close);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
