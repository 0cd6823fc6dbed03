// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.exchange;

import io.gatehouse.proxy.ClientInfo;
import io.gatehouse.proxy.Credentials;
import io.gatehouse.proxy.Credentials.Cookies;
import io.gatehouse.proxy.UpstreamOwner;
import io.gatehouse.proxy.http1.HeadWriter;
import io.gatehouse.proxy.http1.MessageHead;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Cookies on their way (RFC 6265). Where each owner of upstreams has its own, {@code SID} of the application {@code app-1} is
 * {@code gh~app-1~SID} in the browser: so a cookie that comes back tells who set it, and no application sees, sets or shadows one
 * of the platform or of another application. Reads at every semicolon, as browsers write, whatever quotes stand around it.
 */
final class CookieFields {
    private static final byte[] COOKIE = HeadWriter.ascii("Cookie: ");
    private static final byte[] SET_COOKIE = HeadWriter.ascii("Set-Cookie: ");
    private static final byte[] SEPARATOR = HeadWriter.ascii("; ");
    private static final byte[] PATH = HeadWriter.ascii("; Path=");
    private static final byte[] SECURE = HeadWriter.ascii("; Secure");
    private static final byte[] HTTP_ONLY = HeadWriter.ascii("; HttpOnly");
    private static final byte[] SAME_SITE = HeadWriter.ascii("; SameSite=Lax");

    private CookieFields() {}

    // ---- Of requests ----------------------------------------------------------------------------------------------

    /** Writes what of a {@code Cookie} field is the upstream's; nothing at all where nothing is. */
    static void request(
            ClientInfo client,
            MessageHead head,
            int field,
            Credentials credentials,
            @Nullable UpstreamOwner owner,
            ByteBuf out) {
        if (credentials.cookies() == Cookies.UNCHANGED) {
            HeadWriter.field(head, field, out);
            return;
        }
        byte[] bytes = head.bytes();
        byte[] own = owner == null ? null : owner.cookiePrefix(client.isSecure());
        int end = head.valueEnd(field);
        boolean first = true;
        for (int at = head.valueStart(field); at < end; ) {
            int start = skipSpace(bytes, at, end);
            int semicolon = indexOf(bytes, ';', start, end);
            int nameEnd = indexOf(bytes, '=', start, semicolon);
            int from = wanted(bytes, start, nameEnd, credentials, own);
            if (from >= 0 && nameEnd < semicolon) {
                out.writeBytes(first ? COOKIE : SEPARATOR).writeBytes(bytes, from, semicolon - from);
                first = false;
            }
            at = semicolon + 1;
        }
        if (!first) {
            out.writeShort(HeadWriter.CR_LF);
        }
    }

    /** Where the name begins as the upstream knows it, behind {@code own} prefix; -1 where the cookie is not for it. */
    private static int wanted(byte[] bytes, int start, int nameEnd, Credentials credentials, byte @Nullable [] own) {
        if (credentials.cookies() == Cookies.SHARED) {
            return credentials.isPlatformCookie(bytes, start, nameEnd) ? -1 : start;
        }
        if (own == null) {
            return -1;
        }
        int name = start + own.length;
        return name < nameEnd && Arrays.equals(bytes, start, name, own, 0, own.length) ? name : -1;
    }

    // ---- Of responses ---------------------------------------------------------------------------------------------

    /** Writes a {@code Set-Cookie} field as it may count; nothing at all where it may not. */
    static void response(
            ClientInfo client,
            MessageHead head,
            int field,
            Credentials credentials,
            @Nullable UpstreamOwner owner,
            ByteBuf out) {
        if (credentials.cookies() == Cookies.UNCHANGED) {
            HeadWriter.field(head, field, out);
            return;
        }
        byte[] bytes = head.bytes();
        int start = head.valueStart(field);
        int end = head.valueEnd(field);
        int pairEnd = indexOf(bytes, ';', start, end);
        int nameEnd = indexOf(bytes, '=', start, pairEnd);
        boolean shared = credentials.cookies() == Cookies.SHARED;
        boolean secure = client.isSecure();
        if (nameEnd == pairEnd
                || !isName(bytes, start, nameEnd)
                || (shared ? credentials.isPlatformCookie(bytes, start, nameEnd) : owner == null)) {
            return;
        }
        out.writeBytes(SET_COOKIE);
        if (!shared && owner != null) {
            out.writeBytes(owner.cookiePrefix(secure));
        }
        out.writeBytes(bytes, start, trimmed(bytes, start, pairEnd) - start);
        attributes(bytes, pairEnd, end, secure, out);
        out.writeBytes(PATH);
        if (!shared && owner != null) {
            out.writeBytes(owner.cookiePath(secure));
        } else {
            out.writeBytes(HeadWriter.ascii(credentials.sharedPath())).writeByte('/');
        }
        out.writeShort(HeadWriter.CR_LF);
    }

    /** All attributes but {@code Domain} and {@code Path}, and those that keep scripts, other sites and plain HTTP away. */
    private static void attributes(byte[] bytes, int from, int end, boolean https, ByteBuf out) {
        boolean secure = false;
        boolean httpOnly = false;
        boolean sameSite = false;
        for (int at = from; at < end; ) {
            int start = skipSpace(bytes, at + 1, end);
            int next = indexOf(bytes, ';', at + 1, end);
            int nameEnd = trimmed(bytes, start, indexOf(bytes, '=', start, next));
            if (start < next && !is(bytes, start, nameEnd, "domain") && !is(bytes, start, nameEnd, "path")) {
                secure |= is(bytes, start, nameEnd, "secure");
                httpOnly |= is(bytes, start, nameEnd, "httponly");
                sameSite |= is(bytes, start, nameEnd, "samesite");
                out.writeBytes(SEPARATOR).writeBytes(bytes, start, trimmed(bytes, start, next) - start);
            }
            at = next;
        }
        if (https && !secure) {
            out.writeBytes(SECURE);
        }
        if (!httpOnly) {
            out.writeBytes(HTTP_ONLY);
        }
        if (!sameSite) {
            out.writeBytes(SAME_SITE);
        }
    }

    // ---- Bytes ----------------------------------------------------------------------------------------------------

    private static int skipSpace(byte[] bytes, int start, int end) {
        int at = start;
        while (at < end && (bytes[at] == ' ' || bytes[at] == '\t')) {
            at++;
        }
        return at;
    }

    private static int trimmed(byte[] bytes, int start, int end) {
        int at = end;
        while (at > start && (bytes[at - 1] == ' ' || bytes[at - 1] == '\t')) {
            at--;
        }
        return at;
    }

    /** {@code end} where there is none. */
    private static int indexOf(byte[] bytes, char wanted, int start, int end) {
        int at = start;
        while (at < end && bytes[at] != wanted) {
            at++;
        }
        return at;
    }

    /** RFC 6265 section 4.1.1: a token; visible ASCII without separators. */
    private static boolean isName(byte[] bytes, int start, int end) {
        for (int at = start; at < end; at++) {
            if (bytes[at] <= ' ' || bytes[at] > '~' || "()<>@,;:\\\"/[]?={}".indexOf(bytes[at]) >= 0) {
                return false;
            }
        }
        return start < end;
    }

    private static boolean is(byte[] bytes, int start, int end, String lowerCase) {
        return end - start == lowerCase.length()
                && new String(bytes, start, end - start, StandardCharsets.ISO_8859_1).equalsIgnoreCase(lowerCase);
    }
}
