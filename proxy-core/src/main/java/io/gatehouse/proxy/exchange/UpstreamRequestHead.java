// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.exchange;

import io.gatehouse.proxy.Boundary;
import io.gatehouse.proxy.ClientInfo;
import io.gatehouse.proxy.ForwardTarget;
import io.gatehouse.proxy.OwnAuthorization;
import io.gatehouse.proxy.Principal;
import io.gatehouse.proxy.RouteDecision.Forward;
import io.gatehouse.proxy.http1.ConnectionField;
import io.gatehouse.proxy.http1.HeadWriter;
import io.gatehouse.proxy.http1.HeaderName;
import io.gatehouse.proxy.http1.Method;
import io.gatehouse.proxy.http1.RequestHead;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;

/**
 * Builds the head of a forwarded request anew: our own request line, Host, framing and forwarding fields; of the client's
 * fields those that are meant for the other end (RFC 9110 section 7.6).
 */
final class UpstreamRequestHead {
    private static final byte[] VERSION_AND_HOST = HeadWriter.ascii(" HTTP/1.1\r\nHost: ");
    private static final byte[] CHUNKED = HeadWriter.ascii("Transfer-Encoding: chunked\r\n");
    private static final byte[] EXPECT = HeadWriter.ascii("Expect: 100-continue\r\n");
    private static final byte[] WEB_SOCKET = HeadWriter.ascii("Connection: Upgrade\r\nUpgrade: websocket\r\n");
    private static final byte[] FORWARDED_HOST = HeadWriter.ascii("X-Forwarded-Host: ");
    /** Whatever else a client says in the name of a proxy: users, groups, certificates. */
    private static final byte[] FORWARDED = HeadWriter.ascii("x-forwarded-");
    /** Fields from which some servers take the path or the host in place of the request line: X-Original-URL, X-Rewrite-URL. */
    private static final byte[] ORIGINAL = HeadWriter.ascii("x-original-");

    private static final byte[] REWRITE = HeadWriter.ascii("x-rewrite-");

    private static final byte[] REQUEST_ID = HeadWriter.ascii("X-Request-Id: ");

    /** More than all that is written besides the client's own bytes and the target's. */
    private static final int OWN_BYTES = 512;

    private static final byte[] NOTHING = new byte[0];

    private UpstreamRequestHead() {}

    /** How large a buffer the head needs, but for an uncommonly long Host, which stands in it twice. */
    static int size(RequestHead head, ForwardTarget target, Boundary boundary, Principal user) {
        return head.length()
                + OWN_BYTES
                + QueryPart.growth(boundary, user)
                + target.extraFields().length
                + authorization(target).length
                + target.pathPrefix().length
                + 2 * target.upstream().authorityBytes().length;
    }

    /**
     * @param user in whose name the request is made
     * @param clientFields complete field lines about who sent the request
     * @param requestId written where the client sent no id of its own
     */
    static void write(
            RequestHead head,
            ClientInfo client,
            Principal user,
            Forward forward,
            Boundary boundary,
            byte[] clientFields,
            long requestId,
            ByteBuf out) {
        ForwardTarget target = forward.target();
        byte[] bytes = head.bytes();
        out.writeBytes(bytes, head.methodStart(), head.methodEnd() - head.methodStart());
        out.writeByte(' ');
        out.writeBytes(target.pathPrefix());
        int path = head.pathStart() + forward.strippedPathBytes();
        if (path == head.pathEnd()) {
            out.writeByte('/');
        }
        out.writeBytes(bytes, path, head.pathEnd() - path);
        QueryPart.write(head, boundary, user, out);
        out.writeBytes(VERSION_AND_HOST);
        host(head, client, target, out);
        out.writeShort(HeadWriter.CR_LF);
        fields(head, client, target, boundary, out);
        framing(head, out);
        if (head.opensWebSocket()) {
            out.writeBytes(WEB_SOCKET);
        }
        if (head.hostField() >= 0 || client.forwarding().host() != null) {
            out.writeBytes(FORWARDED_HOST);
            host(head, client, target, out);
            out.writeShort(HeadWriter.CR_LF);
        }
        out.writeBytes(clientFields);
        out.writeBytes(target.extraFields());
        out.writeBytes(authorization(target));
        requestId(head, requestId, out);
        out.writeShort(HeadWriter.CR_LF);
    }

    /** The client's Host, so that an Origin check of the upstream sees what the browser saw. */
    private static void host(RequestHead head, ClientInfo client, ForwardTarget target, ByteBuf out) {
        String told = client.forwarding().host();
        int field = head.hostField();
        if (told != null) {
            ByteBufUtil.writeAscii(out, told);
        } else if (field >= 0) {
            int start = head.valueStart(field);
            out.writeBytes(head.bytes(), start, head.valueEnd(field) - start);
        } else {
            out.writeBytes(target.upstream().authorityBytes());
        }
    }

    private static void fields(
            RequestHead head, ClientInfo client, ForwardTarget target, Boundary boundary, ByteBuf out) {
        boolean connection = head.find(HeaderName.CONNECTION) >= 0;
        for (int field = 0; field < head.fieldCount(); field++) {
            if (mayPass(head, field, target, boundary) && !(connection && ConnectionField.names(head, field))) {
                if (head.name(field) == HeaderName.COOKIE) {
                    CookieFields.request(client, head, field, boundary.credentials(), target.owner(), out);
                } else {
                    HeadWriter.field(head, field, out);
                }
            }
        }
    }

    private static boolean mayPass(RequestHead head, int field, ForwardTarget target, Boundary boundary) {
        return switch (head.name(field)) {
            // Written by us, from what is certain.
            case HOST,
                    CONTENT_LENGTH,
                    TRANSFER_ENCODING,
                    EXPECT,
                    X_FORWARDED_CONTEXT,
                    X_FORWARDED_FOR,
                    X_FORWARDED_HOST,
                    X_FORWARDED_PORT,
                    X_FORWARDED_PREFIX,
                    X_FORWARDED_PROTO,
                    X_REAL_IP,
                    X_REQUEST_ID,
                    FORWARDED -> false;
            // For this hop only.
            case CONNECTION,
                    KEEP_ALIVE,
                    PROXY_CONNECTION,
                    PROXY_AUTHENTICATE,
                    PROXY_AUTHORIZATION,
                    TE,
                    UPGRADE,
                    HTTP2_SETTINGS -> false;
            case TRAILER -> head.isChunked();
            // Who reads the body needs it not encoded, and not in parts: those that clients ask for are of what they
            // have got.
            case ACCEPT_ENCODING, RANGE, IF_RANGE -> !target.readsBody();
            case AUTHORIZATION ->
                target.authorization() == null && boundary.credentials().authorizes(target.owner());
            case COOKIE -> target.authorization() == null && !boundary.hides(head, field);
            case OTHER ->
                !head.nameStartsWith(field, FORWARDED)
                        && !head.nameStartsWith(field, ORIGINAL)
                        && !head.nameStartsWith(field, REWRITE)
                        && !boundary.hides(head, field);
            default -> !boundary.hides(head, field);
        };
    }

    /** What we show in place of the client; empty where it speaks for itself. */
    private static byte[] authorization(ForwardTarget target) {
        OwnAuthorization own = target.authorization();
        return own == null ? NOTHING : own.line();
    }

    private static void framing(RequestHead head, ByteBuf out) {
        if (head.isChunked()) {
            out.writeBytes(CHUNKED);
        } else if (head.contentLength() >= 0) {
            HeadWriter.contentLength(head.contentLength(), out);
        } else if (head.method() == Method.POST || head.method() == Method.PUT || head.method() == Method.PATCH) {
            // RFC 9110 section 8.6: a method that expects content says so even when there is none.
            HeadWriter.contentLength(0, out);
        }
        if (head.expectsContinue() && head.hasBody()) {
            out.writeBytes(EXPECT);
        }
    }

    private static void requestId(RequestHead head, long own, ByteBuf out) {
        out.writeBytes(REQUEST_ID);
        int field = RequestIds.field(head);
        if (field >= 0) {
            int start = head.valueStart(field);
            out.writeBytes(head.bytes(), start, head.valueEnd(field) - start);
        } else {
            for (int shift = Long.SIZE - 4; shift >= 0; shift -= 4) {
                out.writeByte(Character.forDigit((int) (own >>> shift) & 15, 16));
            }
        }
        out.writeShort(HeadWriter.CR_LF);
    }
}
