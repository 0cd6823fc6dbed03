// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.exchange;

import io.gatehouse.proxy.ClientInfo;
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
    private static final byte[] NETWORK_PATH = HeadWriter.ascii("//");

    private LocationField() {}

    static void write(
            RequestHead request,
            ClientInfo client,
            ResponseHead response,
            int field,
            ForwardTarget target,
            ByteBuf out) {
        byte[] bytes = response.bytes();
        int start = response.valueStart(field);
        int end = response.valueEnd(field);
        byte[] root = target.ownRoot();
        boolean rooted = root.length > 0 && hasPrefix(bytes, start, end, root);
        int path = rooted ? start + root.length : pathStart(request, client, response, start, end, target);
        byte[] prefix = target.publicPrefix();
        byte[] upstreamPrefix = target.pathPrefix();
        path = behind(upstreamPrefix, bytes, path, end);
        if (!rooted) {
            path = behind(root, bytes, path, end);
        }
        out.writeBytes(NAME);
        if (path < 0 || (prefix.length == 0 && namesHost(bytes, path, end))) {
            // With nothing before it, such a path would name a host; as it came it does not.
            out.writeBytes(bytes, start, end - start);
        } else {
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

    /** Where the path begins that is left without {@code prefix}. */
    private static int behind(byte[] prefix, byte[] bytes, int path, int end) {
        return path >= 0 && prefix.length > 0 && hasPrefix(bytes, path, end, prefix) ? path + prefix.length : path;
    }

    /** Where the path begins in a Location that points at the upstream; -1 for any other. */
    private static int pathStart(
            RequestHead request, ClientInfo client, ResponseHead response, int start, int end, ForwardTarget target) {
        byte[] bytes = response.bytes();
        int authority = start;
        if (startsWith(bytes, start, end, HTTP)) {
            authority += HTTP.length;
        } else if (startsWith(bytes, start, end, HTTPS)) {
            authority += HTTPS.length;
        } else if (startsWith(bytes, start, end, NETWORK_PATH)) {
            authority += NETWORK_PATH.length;
        } else {
            return start < end && bytes[start] == '/' && !namesHost(bytes, start, end) ? start : -1;
        }
        int authorityEnd = authority;
        while (authorityEnd < end && "/?#\\".indexOf(bytes[authorityEnd]) < 0) {
            authorityEnd++;
        }
        byte[] upstream = target.upstream().authorityBytes();
        boolean ours = same(bytes, authority, authorityEnd, upstream, 0, upstream.length)
                || isHost(request, client, bytes, authority, authorityEnd);
        return ours ? authorityEnd : -1;
    }

    /** Whether this is the Host that the upstream was told. */
    private static boolean isHost(RequestHead request, ClientInfo client, byte[] bytes, int start, int end) {
        String told = client.forwarding().host();
        if (told != null) {
            byte[] host = HeadWriter.ascii(told);
            return same(bytes, start, end, host, 0, host.length);
        }
        int field = request.hostField();
        return field >= 0
                && same(bytes, start, end, request.bytes(), request.valueStart(field), request.valueEnd(field));
    }

    /** Whether browsers take what stands at {@code start} for {@code //host}: they read a backslash as a slash. */
    private static boolean namesHost(byte[] bytes, int start, int end) {
        return start + 1 < end && isSlash(bytes[start]) && isSlash(bytes[start + 1]);
    }

    private static boolean isSlash(byte b) {
        return b == '/' || b == '\\';
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
