// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.exchange;

import io.gatehouse.proxy.Boundary;
import io.gatehouse.proxy.ClientInfo;
import io.gatehouse.proxy.Credentials;
import io.gatehouse.proxy.ForwardTarget;
import io.gatehouse.proxy.ResponseRules;
import io.gatehouse.proxy.http1.BodyEncoder;
import io.gatehouse.proxy.http1.ConnectionField;
import io.gatehouse.proxy.http1.HeadWriter;
import io.gatehouse.proxy.http1.HeaderName;
import io.gatehouse.proxy.http1.RequestHead;
import io.gatehouse.proxy.http1.ResponseHead;
import io.netty.buffer.ByteBuf;

/** Builds the head of a forwarded response anew: our own framing and Connection; Location put below the public prefix. */
final class DownstreamResponseHead {
    private static final byte[] VERSION = HeadWriter.ascii("HTTP/1.1 ");
    private static final byte[] CHUNKED = HeadWriter.ascii("Transfer-Encoding: chunked\r\n");
    private static final byte[] CLOSE = HeadWriter.ascii("Connection: close\r\n");
    private static final byte[] KEEP_ALIVE = HeadWriter.ascii("Connection: keep-alive\r\n");
    private static final byte[] WEB_SOCKET = HeadWriter.ascii("Connection: Upgrade\r\nUpgrade: websocket\r\n");
    private static final int OWN_BYTES = 128;

    private DownstreamResponseHead() {}

    /** How large a buffer the head needs at most. */
    static int size(RequestHead request, ResponseHead head, ForwardTarget target, Boundary boundary) {
        ResponseRules rules = boundary.responses();
        return head.length()
                + OWN_BYTES
                + target.publicPrefix().length
                + target.policyLine().length
                + target.responseLine().length
                + rules.lines().length
                + boundary.cors().lines(request).length
                + rules.policyLine().length;
    }

    /** How the body's end will be told to the client. */
    static BodyEncoder.Framing framing(RequestHead request, ResponseHead response, BodyEdit edit) {
        if (response.isBodiless(request.method()) || (response.contentLength() >= 0 && edit == BodyEdit.NONE)) {
            return BodyEncoder.Framing.IDENTITY;
        }
        return request.minorVersion() >= 1 ? BodyEncoder.Framing.CHUNKED : BodyEncoder.Framing.UNTIL_CLOSE;
    }

    /**
     * @param edit what becomes of the body
     * @param keepAlive whether the client's connection stays open
     */
    static void write(
            RequestHead request,
            ClientInfo client,
            ResponseHead response,
            ForwardTarget target,
            Boundary boundary,
            BodyEncoder.Framing framing,
            BodyEdit edit,
            boolean keepAlive,
            ByteBuf out) {
        statusLine(response, out);
        fields(request, client, response, target, boundary, framing, edit, out);
        out.writeBytes(boundary.responses().lines());
        out.writeBytes(boundary.cors().lines(request));
        out.writeBytes(target.responseLine());
        if (target.policyLine().length > 0) {
            out.writeBytes(target.policyLine());
        } else if (response.find(HeaderName.CONTENT_SECURITY_POLICY) < 0) {
            out.writeBytes(boundary.responses().policyLine());
        }
        if (framing == BodyEncoder.Framing.CHUNKED) {
            out.writeBytes(CHUNKED);
        } else if (mayDeclareLength(response) && response.contentLength() >= 0 && edit == BodyEdit.NONE) {
            HeadWriter.contentLength(response.contentLength(), out);
        }
        if (!keepAlive) {
            out.writeBytes(CLOSE);
        } else if (request.minorVersion() == 0) {
            out.writeBytes(KEEP_ALIVE);
        }
        out.writeShort(HeadWriter.CR_LF);
    }

    /** A 100, 102 or 103 on its way to a client that knows such things. */
    static void writeInterim(ResponseHead interim, Boundary boundary, ByteBuf out) {
        interim(interim, boundary, out);
        out.writeShort(HeadWriter.CR_LF);
    }

    /** The 101 behind which the connection is a WebSocket. */
    static void writeWebSocket(ResponseHead switching, Boundary boundary, ByteBuf out) {
        interim(switching, boundary, out);
        out.writeBytes(WEB_SOCKET);
        out.writeShort(HeadWriter.CR_LF);
    }

    private static void interim(ResponseHead interim, Boundary boundary, ByteBuf out) {
        statusLine(interim, out);
        // Login filters set cookies in final responses.
        boolean cookies = boundary.credentials().cookies() == Credentials.Cookies.UNCHANGED;
        for (int field = 0; field < interim.fieldCount(); field++) {
            HeaderName name = interim.name(field);
            if ((name != HeaderName.SET_COOKIE || cookies)
                    && mayPass(name, false)
                    && !ConnectionField.names(interim, field)) {
                HeadWriter.field(interim, field, out);
            }
        }
    }

    private static void statusLine(ResponseHead response, ByteBuf out) {
        out.writeBytes(VERSION);
        HeadWriter.number(response.status(), out);
        out.writeByte(' ');
        out.writeBytes(response.bytes(), response.reasonStart(), response.reasonEnd() - response.reasonStart());
        out.writeShort(HeadWriter.CR_LF);
    }

    private static void fields(
            RequestHead request,
            ClientInfo client,
            ResponseHead response,
            ForwardTarget target,
            Boundary boundary,
            BodyEncoder.Framing framing,
            BodyEdit edit,
            ByteBuf out) {
        boolean connection = response.find(HeaderName.CONNECTION) >= 0;
        boolean redirect = response.status() / 100 == 3 || response.status() == 201;
        for (int field = 0; field < response.fieldCount(); field++) {
            HeaderName name = response.name(field);
            if (name == HeaderName.LOCATION && redirect) {
                LocationField.write(request, client, response, field, target, out);
            } else if (mayPass(name, framing == BodyEncoder.Framing.CHUNKED)
                    && mayPassEdited(name, edit)
                    && mayPassOfSession(name, target)
                    && (name != HeaderName.CONTENT_SECURITY_POLICY || target.policyLine().length == 0)
                    && !boundary.responses().replaces(response, field)
                    && !(connection && ConnectionField.names(response, field))) {
                if (name == HeaderName.SET_COOKIE) {
                    CookieFields.response(client, response, field, boundary.credentials(), target.owner(), out);
                } else {
                    HeadWriter.field(response, field, out);
                }
            }
        }
    }

    /** What was said of a body is not said of one that has been edited. */
    private static boolean mayPassEdited(HeaderName name, BodyEdit edit) {
        return edit == BodyEdit.NONE
                || switch (name) {
                    case ETAG, ACCEPT_RANGES, CONTENT_MD5, DIGEST, CONTENT_DIGEST, REPR_DIGEST, TRAILER -> false;
                    case CONTENT_ENCODING -> edit != BodyEdit.DECODED;
                    default -> true;
                };
    }

    /** Where an upstream knows us by credentials of ours, its session and its wish for other ones are not the client's affair. */
    private static boolean mayPassOfSession(HeaderName name, ForwardTarget target) {
        return target.authorization() == null || (name != HeaderName.SET_COOKIE && name != HeaderName.WWW_AUTHENTICATE);
    }

    private static boolean mayPass(HeaderName name, boolean trailers) {
        return switch (name) {
            case CONTENT_LENGTH, TRANSFER_ENCODING, CONNECTION, KEEP_ALIVE, PROXY_CONNECTION, TE, UPGRADE -> false;
            case TRAILER -> trailers;
            default -> true;
        };
    }

    /** RFC 9110 section 8.6: never in a 204; in an answer to HEAD and in a 304 it describes the body of a GET. */
    private static boolean mayDeclareLength(ResponseHead response) {
        return response.status() != 204;
    }
}
