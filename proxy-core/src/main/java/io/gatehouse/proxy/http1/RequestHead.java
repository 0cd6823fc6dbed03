// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.http1;

import io.gatehouse.proxy.ErrorType;
import java.nio.charset.StandardCharsets;

/**
 * The head of a request, checked by the rules of RFC 9112 sections 3 and 6: one valid Host, a request target in origin
 * form (or absolute form naming that Host), exactly one way to tell where the body ends.
 */
public final class RequestHead extends MessageHead {
    private static final int MAX_METHOD = 24;
    private static final byte[] HTTP_SCHEME = {'h', 't', 't', 'p', ':', '/', '/'};
    private static final byte[] HTTPS_SCHEME = {'h', 't', 't', 'p', 's', ':', '/', '/'};

    private Method method = Method.OTHER;
    private int methodStart;
    private int methodEnd;
    private int authorityStart;
    private int authorityEnd;
    private int pathStart;
    private int pathEnd;
    private int targetEnd;
    private int hostField = -1;
    private boolean asterisk;
    private boolean expectContinue;

    @Override
    public void reset() {
        super.reset();
        method = Method.OTHER;
        methodStart = 0;
        methodEnd = 0;
        authorityStart = 0;
        authorityEnd = 0;
        pathStart = 0;
        pathEnd = 0;
        targetEnd = 0;
        hostField = -1;
        asterisk = false;
        expectContinue = false;
    }

    public Method method() {
        return method;
    }

    /** The method as it came. */
    public String methodName() {
        return text(methodStart, methodEnd);
    }

    public int methodStart() {
        return methodStart;
    }

    public int methodEnd() {
        return methodEnd;
    }

    /** First byte of the path, always {@code /} but for {@code OPTIONS *}. */
    public int pathStart() {
        return pathStart;
    }

    /** End of the path: where the {@code ?} stands, or the target ends. */
    public int pathEnd() {
        return pathEnd;
    }

    /** First byte after the {@code ?}; equals {@link #targetEnd()} where there is no query. */
    public int queryStart() {
        return Math.min(pathEnd + 1, targetEnd);
    }

    /** End of path and query. */
    public int targetEnd() {
        return targetEnd;
    }

    /** The path as it came, still percent-encoded. */
    public String path() {
        return text(pathStart, pathEnd);
    }

    /** The query as it came, without {@code ?}; empty where there is none. */
    public String query() {
        return text(queryStart(), targetEnd);
    }

    /** {@code OPTIONS *} (RFC 9112 section 3.2.4). */
    public boolean isAsterisk() {
        return asterisk;
    }

    /** The index of the Host field, or -1 (HTTP/1.0 only). */
    public int hostField() {
        return hostField;
    }

    /** Whether the client waits for a 100 before it sends the body (RFC 9110 section 10.1.1). */
    public boolean expectsContinue() {
        return expectContinue;
    }

    /** Whether a body follows. */
    public boolean hasBody() {
        return chunked || contentLength > 0;
    }

    /**
     * Whether the client opens a WebSocket (RFC 6455 section 4.1): the one upgrade that is passed on. Everything else that a
     * client would upgrade to, h2c above all, would carry requests past every check of this proxy.
     */
    public boolean opensWebSocket() {
        return method == Method.GET && !hasBody() && upgradesToWebSocket();
    }

    /** Whether the text could stand as a Host (RFC 9110 section 7.2). */
    public static boolean isHost(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        return Framing.isHost(bytes, 0, bytes.length);
    }

    @Override
    void startLine(int start, int end) throws HttpViolation {
        byte[] bytes = bytes();
        int at = start;
        while (at < end && HttpBytes.isToken(bytes[at])) {
            at++;
        }
        if (at == start || at - start > MAX_METHOD || at == end || bytes[at] != HttpBytes.SP) {
            throw HttpViolation.request("the method is not a token of at most 24 characters followed by one space");
        }
        methodStart = start;
        methodEnd = at;
        method = Method.of(bytes, start, at);
        int versionStart = end - "HTTP/1.1".length();
        if (versionStart <= at + 1 || bytes[versionStart - 1] != HttpBytes.SP) {
            throw HttpViolation.request("the request line does not end with a space and an HTTP version");
        }
        minorVersion = HttpVersions.minor(bytes, versionStart, ErrorType.HTTP_REQUEST_ERROR);
        target(at + 1, versionStart - 1);
    }

    private void target(int start, int end) throws HttpViolation {
        byte[] bytes = bytes();
        targetEnd = end;
        pathStart = start;
        pathEnd = end;
        if (method == Method.CONNECT) {
            throw new HttpViolation(ErrorType.METHOD_NOT_ALLOWED, "CONNECT is refused");
        }
        if (bytes[start] == '*' && end == start + 1 && method == Method.OPTIONS) {
            asterisk = true;
            return;
        }
        if (bytes[start] != '/') {
            absoluteForm(start, end);
        }
        int at = pathStart;
        while (at < end && bytes[at] != '?') {
            at++;
        }
        pathEnd = at;
        RequestPath.check(bytes, pathStart, pathEnd);
        for (int i = pathEnd + 1; i < end; i++) {
            if (!HttpBytes.isQuery(bytes[i])) {
                throw HttpViolation.request("character in the query that must be percent-encoded");
            }
        }
    }

    /** RFC 9112 section 3.2.2: {@code http://host/path}. Only the path counts; the authority must be the Host. */
    private void absoluteForm(int start, int end) throws HttpViolation {
        byte[] bytes = bytes();
        int authority = start
                + (startsWith(bytes, start, end, HTTP_SCHEME)
                        ? HTTP_SCHEME.length
                        : startsWith(bytes, start, end, HTTPS_SCHEME) ? HTTPS_SCHEME.length : 0);
        int at = authority;
        while (at < end && HttpBytes.isHost(bytes[at])) {
            at++;
        }
        if (authority == start || at == authority || at == end || bytes[at] != '/') {
            throw HttpViolation.request("the request target is neither a path nor http://host/path");
        }
        authorityStart = authority;
        authorityEnd = at;
        pathStart = at;
    }

    @Override
    void complete() throws HttpViolation {
        int transferEncoding = -1;
        int lengthField = -1;
        for (int field = 0; field < fieldCount(); field++) {
            switch (name(field)) {
                case HOST -> {
                    if (hostField >= 0) {
                        throw HttpViolation.request("more than one Host");
                    }
                    hostField = field;
                }
                case CONTENT_LENGTH -> {
                    if (lengthField >= 0) {
                        throw HttpViolation.request("more than one Content-Length");
                    }
                    lengthField = field;
                }
                case TRANSFER_ENCODING -> {
                    if (transferEncoding >= 0) {
                        throw HttpViolation.request("more than one Transfer-Encoding");
                    }
                    transferEncoding = field;
                }
                case CONNECTION -> {
                    if (!ConnectionField.read(this, field)) {
                        throw HttpViolation.request(ConnectionField.TOO_MANY);
                    }
                }
                case EXPECT -> expect(field);
                default -> {}
            }
        }
        host();
        if (transferEncoding >= 0) {
            transferEncoding(transferEncoding, lengthField >= 0);
        } else if (lengthField >= 0) {
            contentLength = Framing.contentLength(this, lengthField);
            if (contentLength < 0) {
                throw HttpViolation.request("Content-Length is not a number");
            }
        }
    }

    private void expect(int field) throws HttpViolation {
        // RFC 9110 section 10.1.1: an HTTP/1.0 client cannot wait for a 100, so the field means nothing.
        if (!valueIs(field, "100-continue")) {
            throw HttpViolation.request("Expect is not 100-continue");
        }
        expectContinue = minorVersion >= 1;
    }

    private void host() throws HttpViolation {
        if (hostField < 0) {
            if (minorVersion >= 1) {
                throw HttpViolation.request("Host is missing");
            }
            if (authorityEnd > authorityStart) {
                throw HttpViolation.request("absolute request target without a Host");
            }
            return;
        }
        int start = valueStart(hostField);
        int end = valueEnd(hostField);
        if (!Framing.isHost(bytes(), start, end)) {
            throw HttpViolation.request("Host is not a host name or address with an optional port");
        }
        if (authorityEnd > authorityStart) {
            byte[] bytes = bytes();
            boolean same = authorityEnd - authorityStart == end - start;
            for (int i = 0; same && i < end - start; i++) {
                same = HttpBytes.lower(bytes[authorityStart + i]) == HttpBytes.lower(bytes[start + i]);
            }
            if (!same) {
                throw HttpViolation.request("the request target names another host than Host");
            }
        }
    }

    private void transferEncoding(int field, boolean withLength) throws HttpViolation {
        if (withLength) {
            throw HttpViolation.request("Transfer-Encoding and Content-Length together");
        }
        if (minorVersion == 0) {
            throw HttpViolation.request("Transfer-Encoding in an HTTP/1.0 request");
        }
        if (!valueIs(field, "chunked")) {
            throw new HttpViolation(
                    ErrorType.TRANSFER_CODING_NOT_SUPPORTED, "Transfer-Encoding is not the single coding chunked");
        }
        chunked = true;
    }

    private static boolean startsWith(byte[] bytes, int start, int end, byte[] lowerCase) {
        return end - start > lowerCase.length
                && HttpBytes.equalsIgnoreCase(bytes, start, start + lowerCase.length, lowerCase);
    }
}
