// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.exchange;

import io.gatehouse.proxy.ForwardTarget;
import io.gatehouse.proxy.http1.HeadWriter;
import io.gatehouse.proxy.http1.RequestHead;
import io.gatehouse.proxy.http1.ResponseHead;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/**
 * Puts a {@code Location} that points at the upstream below the public prefix. Spark's Jetty answers {@code /jobs} with a
 * path that lacks the prefix, and older ones with an absolute URL made from Host; both become a path. A URL of another
 * host, an identity provider's say, passes as it is.
 */
final class LocationField {
    private static final byte[] NAME = HeadWriter.ascii("Location: ");
    private static final byte[] HTTP = HeadWriter.ascii("http://");
    private static final byte[] HTTPS = HeadWriter.ascii("https://");

    private LocationField() {}

    static void write(RequestHead request, ResponseHead response, int field, ForwardTarget target, ByteBuf out) {
        byte[] bytes = response.bytes();
        int start = response.valueStart(field);
        int end = response.valueEnd(field);
        int path = pathStart(request, response, start, end, target);
        out.writeBytes(NAME);
        if (path < 0) {
            out.writeBytes(bytes, start, end - start);
        } else {
            byte[] prefix = target.publicPrefix();
            byte[] upstreamPrefix = target.pathPrefix();
            if (hasPrefix(bytes, path, end, upstreamPrefix) && upstreamPrefix.length > 0) {
                path += upstreamPrefix.length;
            }
            if (!hasPrefix(bytes, path, end, prefix)) {
                out.writeBytes(prefix);
            }
            if (path == end || bytes[path] != '/') {
                out.writeByte('/');
            }
            out.writeBytes(bytes, path, end - path);
        }
        out.writeShort(HeadWriter.CR_LF);
    }

    /** Where the path begins in a Location that points at the upstream; -1 for any other. */
    private static int pathStart(RequestHead request, ResponseHead response, int start, int end, ForwardTarget target) {
        byte[] bytes = response.bytes();
        int authority = start;
        if (startsWith(bytes, start, end, HTTP)) {
            authority += HTTP.length;
        } else if (startsWith(bytes, start, end, HTTPS)) {
            authority += HTTPS.length;
        } else {
            boolean rootAbsolute = start < end && bytes[start] == '/';
            boolean networkPath = start + 1 < end && (bytes[start + 1] == '/' || bytes[start + 1] == '\\');
            return rootAbsolute && !networkPath ? start : -1;
        }
        int authorityEnd = authority;
        while (authorityEnd < end && "/?#\\".indexOf(bytes[authorityEnd]) < 0) {
            authorityEnd++;
        }
        byte[] upstream = target.upstream().authorityBytes();
        boolean ours = same(bytes, authority, authorityEnd, upstream, 0, upstream.length);
        int host = request.hostField();
        if (!ours && host >= 0) {
            ours = same(
                    bytes, authority, authorityEnd, request.bytes(), request.valueStart(host), request.valueEnd(host));
        }
        return ours ? authorityEnd : -1;
    }

    private static boolean hasPrefix(byte[] bytes, int start, int end, byte[] prefix) {
        int next = start + prefix.length;
        if (next > end || !Arrays.equals(bytes, start, next, prefix, 0, prefix.length)) {
            return false;
        }
        return next == end || "/?#".indexOf(bytes[next]) >= 0;
    }

    private static boolean startsWith(byte[] bytes, int start, int end, byte[] prefix) {
        return end - start >= prefix.length && same(bytes, start, start + prefix.length, prefix, 0, prefix.length);
    }

    private static boolean same(byte[] left, int leftStart, int leftEnd, byte[] right, int rightStart, int rightEnd) {
        if (leftEnd - leftStart != rightEnd - rightStart) {
            return false;
        }
        for (int i = 0; i < leftEnd - leftStart; i++) {
            if (lower(left[leftStart + i]) != lower(right[rightStart + i])) {
                return false;
            }
        }
        return true;
    }

    private static int lower(byte b) {
        return b >= 'A' && b <= 'Z' ? b | 0x20 : b;
    }
}
