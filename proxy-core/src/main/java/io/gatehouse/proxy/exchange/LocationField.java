// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.exchange;

import io.gatehouse.proxy.ClientInfo;
import io.gatehouse.proxy.ForwardTarget;
import io.gatehouse.proxy.http1.HeadWriter;
import io.gatehouse.proxy.http1.RequestHead;
import io.gatehouse.proxy.http1.ResponseHead;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Puts a {@code Location} that points at the upstream below the public prefix. Spark's Jetty answers {@code /jobs} with a
 * path that lacks the prefix, and older ones with an absolute URL made from Host; both become a path. A URL of another
 * host, an identity provider's say, passes as it is.
 *
 * <p>The upstream's paths may begin with the public prefix already, with its own path, or with what its application was told to put before
 * them. One of these may begin with another: the longest that a Location begins with is what it begins with, as for links in pages.
 */
final class LocationField {
    private static final byte[] NAME = HeadWriter.ascii("Location: ");

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
        out.writeBytes(NAME);
        UrlAuthority authority = UrlAuthority.of(bytes, start, end);
        int path = authority == null ? start : authority.end();
        boolean own = authority == null
                ? start < end && bytes[start] == '/' && !namesHost(bytes, start, end)
                : isUpstream(authority, request, client, target);
        int behindRoot = behindRoot(target.ownRoot(), authority, own, bytes, path, end);
        if (own || behindRoot >= 0) {
            int behindBase = own ? behind(target.pathPrefix(), 0, bytes, path, end) : -1;
            int rest = Math.max(path, Math.max(behindRoot, behindBase));
            writeBelow(target.publicPrefix(), bytes, start, path, rest, end, out);
        } else {
            out.writeBytes(bytes, start, end - start);
        }
        out.writeShort(HeadWriter.CR_LF);
    }

    /**
     * @param path where the path begins
     * @param rest what of it is behind the longest of what the upstream puts before its paths
     */
    private static void writeBelow(byte[] prefix, byte[] bytes, int start, int path, int rest, int end, ByteBuf out) {
        if (prefix.length > 0 && behind(prefix, 0, bytes, path, end) >= rest) {
            out.writeBytes(bytes, path, end - path);
        } else if (prefix.length == 0 && namesHost(bytes, rest, end)) {
            // With nothing before it, such a path would name a host; as it came it does not.
            out.writeBytes(bytes, start, end - start);
        } else {
            out.writeBytes(prefix);
            if (rest == end || !isSlash(bytes[rest])) {
                out.writeByte('/');
            }
            out.writeBytes(bytes, rest, end - rest);
        }
    }

    /** Where the path goes on that begins with the root, and has its host where that names one; -1 where it does not. */
    private static int behindRoot(
            byte[] root, @Nullable UrlAuthority authority, boolean own, byte[] bytes, int path, int end) {
        UrlAuthority host = UrlAuthority.of(root, 0, root.length);
        if (host == null) {
            return own ? behind(root, 0, bytes, path, end) : -1;
        }
        boolean there = authority != null && authority.is(root, host.start(), host.end());
        return there ? behind(root, host.end(), bytes, path, end) : -1;
    }

    /** Where the path goes on that begins with {@code prefix}, from its byte {@code from} on; -1 where it does not begin so. */
    private static int behind(byte[] prefix, int from, byte[] bytes, int path, int end) {
        int next = path + prefix.length - from;
        boolean matches = next <= end
                && Arrays.equals(bytes, path, next, prefix, from, prefix.length)
                && (next == end || "/\\?#".indexOf(bytes[next]) >= 0);
        return matches ? next : -1;
    }

    /** Whether it is the upstream's own, or the Host that it was told. */
    private static boolean isUpstream(
            UrlAuthority authority, RequestHead request, ClientInfo client, ForwardTarget target) {
        byte[] upstream = target.upstream().authorityBytes();
        if (authority.is(upstream, 0, upstream.length)) {
            return true;
        }
        String told = client.forwarding().host();
        if (told != null) {
            byte[] host = HeadWriter.ascii(told);
            return authority.is(host, 0, host.length);
        }
        int field = request.hostField();
        return field >= 0 && authority.is(request.bytes(), request.valueStart(field), request.valueEnd(field));
    }

    /** Whether browsers take what stands at {@code start} for {@code //host}: they read a backslash as a slash. */
    private static boolean namesHost(byte[] bytes, int start, int end) {
        return start + 1 < end && isSlash(bytes[start]) && isSlash(bytes[start + 1]);
    }

    private static boolean isSlash(byte b) {
        return b == '/' || b == '\\';
    }
}
