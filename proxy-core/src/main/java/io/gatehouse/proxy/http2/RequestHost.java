// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.http2;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import java.util.List;

/** Whom a request is for. One that can be read in two ways is malformed (RFC 9113 section 8.3.1). */
final class RequestHost {
    private RequestHost() {}

    /** Whether there is one name at most, be it {@code :authority} or Host, and no user in it. */
    static boolean isClear(Http2Headers headers) {
        CharSequence authority = headers.authority();
        List<CharSequence> hosts = headers.getAll(HttpHeaderNames.HOST);
        if (hosts.size() > 1) {
            return false;
        }
        if (authority == null) {
            return hosts.isEmpty() || isName(hosts.getFirst());
        }
        return isName(authority)
                && (hosts.isEmpty() || AsciiString.contentEqualsIgnoreCase(authority, hosts.getFirst()));
    }

    private static boolean isName(CharSequence value) {
        return AsciiString.indexOf(value, '@', 0) < 0;
    }
}
