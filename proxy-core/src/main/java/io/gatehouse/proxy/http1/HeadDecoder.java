// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.http1;

import io.gatehouse.proxy.ErrorType;
import io.gatehouse.proxy.HttpLimits;
import io.netty.buffer.ByteBuf;

/**
 * Collects the bytes of a head and reads them line by line, in one strict pass, whatever the cuts between reads. Each
 * complete line is checked as it arrives, so a violation is answered at once and not when a deadline strikes.
 *
 * <p>Stricter than RFC 9112 where the RFC leaves room: no bare LF, no folded line, no white space before a colon, no
 * control character anywhere. One empty line before a request is skipped (section 2.2).
 *
 * <p>One decoder serves all messages of a direction of a connection; {@link #begin} starts the next.
 */
public final class HeadDecoder {
    private static final int BLOCK = 2048;

    private enum State {
        START_LINE,
        FIELDS
    }

    private final HttpLimits limits;
    private final boolean request;
    private final State firstState;
    private State state;
    private boolean emptyLineSkipped;
    private int lineStart;
    private int scanned;

    private HeadDecoder(HttpLimits limits, boolean request, State firstState) {
        this.limits = limits;
        this.request = request;
        this.firstState = firstState;
        this.state = firstState;
    }

    public static HeadDecoder forRequests(HttpLimits limits) {
        return new HeadDecoder(limits, true, State.START_LINE);
    }

    public static HeadDecoder forResponses(HttpLimits limits) {
        return new HeadDecoder(limits, false, State.START_LINE);
    }

    /** For the section after the last chunk of a body. */
    static HeadDecoder forTrailers(HttpLimits limits, boolean request) {
        return new HeadDecoder(limits, request, State.FIELDS);
    }

    /** Forgets where the last head ended. Call before the first byte of each message. */
    public void begin() {
        state = firstState;
        emptyLineSkipped = false;
        lineStart = 0;
        scanned = 0;
    }

    /**
     * Takes bytes of the head from {@code in}, and none beyond it.
     *
     * @return whether the head is complete; otherwise all of {@code in} has been taken
     */
    public boolean decode(ByteBuf in, MessageHead head) throws HttpViolation {
        while (in.isReadable()) {
            // One byte more than allowed shows that the limit is broken; no more than that is ever held.
            int room = limits.maxHead() + 1 - head.length();
            head.append(in, Math.min(Math.min(in.readableBytes(), BLOCK), room));
            int end = readLines(head);
            if (end > limits.maxHead()) {
                throw headTooLarge();
            }
            if (end >= 0) {
                in.readerIndex(in.readerIndex() - (head.length() - end));
                head.truncate(end);
                head.complete();
                return true;
            }
            checkSize(head);
        }
        return false;
    }

    /** Whether there is more of a head than the empty line that may stand before it. */
    public boolean hasBegun() {
        return state != State.START_LINE || scanned > lineStart;
    }

    /** Reads all complete lines; returns the end of the head, or -1. */
    private int readLines(MessageHead head) throws HttpViolation {
        byte[] bytes = head.bytes();
        int length = head.length();
        int at = scanned;
        while (true) {
            at = HttpBytes.indexOfLf(bytes, at, length);
            if (at == length) {
                scanned = at;
                return -1;
            }
            if (state == State.START_LINE) {
                checkStartLine(bytes, at);
            }
            if (at == lineStart || bytes[at - 1] != HttpBytes.CR) {
                throw violation("a line ends with LF alone");
            }
            int lineEnd = at - 1;
            at++;
            if (state == State.START_LINE) {
                startLine(head, lineEnd);
            } else if (lineEnd == lineStart) {
                return at;
            } else {
                fieldLine(head, lineEnd);
            }
            lineStart = at;
        }
    }

    private void startLine(MessageHead head, int lineEnd) throws HttpViolation {
        if (lineEnd == lineStart) {
            if (!request || emptyLineSkipped) {
                throw violation("empty line instead of a start line");
            }
            emptyLineSkipped = true;
            return;
        }
        head.startLine(lineStart, lineEnd);
        state = State.FIELDS;
    }

    private void fieldLine(MessageHead head, int lineEnd) throws HttpViolation {
        byte[] bytes = head.bytes();
        int at = lineStart;
        while (HttpBytes.isToken(bytes[at])) {
            at++;
        }
        if (at == lineStart || bytes[at] != HttpBytes.COLON) {
            throw violation(
                    at == lineStart && HttpBytes.isWhitespace(bytes[at])
                            ? "folded header field (obs-fold)"
                            : "header field name is not a token followed by a colon");
        }
        if (head.fieldCount() == limits.maxHeaders()) {
            throw tooLarge("more than " + limits.maxHeaders() + " header fields");
        }
        int nameEnd = at++;
        int valueEnd = lineEnd;
        while (at < valueEnd && HttpBytes.isWhitespace(bytes[at])) {
            at++;
        }
        while (valueEnd > at && HttpBytes.isWhitespace(bytes[valueEnd - 1])) {
            valueEnd--;
        }
        if (!HttpBytes.areFieldValue(bytes, at, valueEnd)) {
            throw violation("control character in a header field value");
        }
        head.addField(lineStart, nameEnd, at, valueEnd);
    }

    /** An unfinished head: is it still allowed to grow, and does it begin like one at all? */
    private void checkSize(MessageHead head) throws HttpViolation {
        if (state == State.START_LINE) {
            checkStartLine(head.bytes(), head.length());
        }
        if (head.length() > limits.maxHead()) {
            throw headTooLarge();
        }
    }

    /**
     * Checks what shows before a start line's end: it begins with a token (or is the CR of an empty line), and is not too
     * long. Asked before anything else, so that the same bytes get the same answer whatever the cuts.
     *
     * @param end of the bytes known, or where the LF stands
     */
    private void checkStartLine(byte[] bytes, int end) throws HttpViolation {
        int seen = end - lineStart;
        if (seen > 0 && !HttpBytes.isToken(bytes[lineStart]) && !(seen == 1 && bytes[lineStart] == HttpBytes.CR)) {
            throw violation("the first byte cannot begin a start line");
        }
        if (seen > limits.maxStartLine() + 1) {
            ErrorType type = request ? ErrorType.REQUEST_LINE_TOO_LONG : ErrorType.HTTP_RESPONSE_HEADER_SECTION_SIZE;
            throw new HttpViolation(type, "start line longer than " + limits.maxStartLine() + " bytes");
        }
    }

    private HttpViolation violation(String rule) {
        return request ? HttpViolation.request(rule) : HttpViolation.response(rule);
    }

    private HttpViolation headTooLarge() {
        return tooLarge("head larger than " + limits.maxHead() + " bytes");
    }

    private HttpViolation tooLarge(String rule) {
        ErrorType type = request ? ErrorType.REQUEST_HEAD_TOO_LARGE : ErrorType.HTTP_RESPONSE_HEADER_SECTION_SIZE;
        return new HttpViolation(type, rule);
    }
}
