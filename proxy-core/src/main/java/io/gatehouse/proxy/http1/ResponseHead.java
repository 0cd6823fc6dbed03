// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.http1;

import io.gatehouse.proxy.ErrorType;

/** The head of a response, checked by RFC 9112 sections 4 and 6. Whether a body follows depends on the request too. */
public final class ResponseHead extends MessageHead {
    private int status;
    private int reasonStart;
    private int reasonEnd;

    @Override
    public void reset() {
        super.reset();
        status = 0;
        reasonStart = 0;
        reasonEnd = 0;
    }

    public int status() {
        return status;
    }

    public int reasonStart() {
        return reasonStart;
    }

    public int reasonEnd() {
        return reasonEnd;
    }

    /** 1xx: another response follows (RFC 9110 section 15.2). */
    public boolean isInterim() {
        return status < 200;
    }

    /** A 101 that makes the connection a WebSocket (RFC 6455 section 4.2.2). */
    public boolean acceptsWebSocket() {
        return status == 101 && upgradesToWebSocket();
    }

    /** RFC 9112 section 6.3, rules 1 and 2: these never have a body, whatever their fields say. */
    public boolean isBodiless(Method requestMethod) {
        return requestMethod == Method.HEAD || status < 200 || status == 204 || status == 304;
    }

    @Override
    void startLine(int start, int end) throws HttpViolation {
        byte[] bytes = bytes();
        int at = start + HttpVersions.LENGTH;
        if (end - at < 4 || bytes[at] != HttpBytes.SP) {
            throw HttpViolation.response("no status line");
        }
        minorVersion = HttpVersions.minor(bytes, start, ErrorType.HTTP_PROTOCOL_ERROR);
        status = 0;
        for (int i = at + 1; i < at + 4; i++) {
            if (!HttpBytes.isDigit(bytes[i])) {
                throw HttpViolation.response("status is not three digits");
            }
            status = status * 10 + (bytes[i] - '0');
        }
        at += 4;
        if (status < 100 || status > 599 || (at < end && bytes[at] != HttpBytes.SP)) {
            throw HttpViolation.response("status is not between 100 and 599");
        }
        reasonStart = Math.min(at + 1, end);
        reasonEnd = end;
        if (!HttpBytes.areFieldValue(bytes, reasonStart, end)) {
            throw HttpViolation.response("control character in the reason phrase");
        }
    }

    @Override
    void complete() throws HttpViolation {
        int transferEncoding = -1;
        for (int field = 0; field < fieldCount(); field++) {
            switch (name(field)) {
                case CONTENT_LENGTH -> length(field);
                case TRANSFER_ENCODING -> {
                    if (transferEncoding >= 0) {
                        throw HttpViolation.response("more than one Transfer-Encoding");
                    }
                    transferEncoding = field;
                }
                case CONNECTION -> {
                    if (!ConnectionField.read(this, field)) {
                        throw HttpViolation.response(ConnectionField.TOO_MANY);
                    }
                }
                default -> {}
            }
        }
        if (transferEncoding >= 0) {
            if (contentLength != NO_LENGTH || minorVersion == 0 || !valueIs(transferEncoding, "chunked")) {
                throw HttpViolation.response(
                        "Transfer-Encoding with Content-Length, in HTTP/1.0, or other than the single coding chunked");
            }
            chunked = true;
        }
    }

    private void length(int field) throws HttpViolation {
        long length = Framing.contentLength(this, field);
        if (length < 0 || contentLength != NO_LENGTH) {
            throw HttpViolation.response("Content-Length twice or not a number");
        }
        contentLength = length;
    }
}
