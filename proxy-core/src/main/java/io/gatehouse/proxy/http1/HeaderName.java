// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.http1;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The header fields that this proxy looks at. Every other field is {@link #OTHER} and passes as it came. */
public enum HeaderName {
    OTHER(""),
    ACCEPT("accept"),
    ACCEPT_ENCODING("accept-encoding"),
    ACCEPT_RANGES("accept-ranges"),
    AUTHORIZATION("authorization"),
    CONNECTION("connection"),
    CONTENT_DIGEST("content-digest"),
    CONTENT_ENCODING("content-encoding"),
    CONTENT_LENGTH("content-length"),
    CONTENT_MD5("content-md5"),
    CONTENT_SECURITY_POLICY("content-security-policy"),
    CONTENT_TYPE("content-type"),
    COOKIE("cookie"),
    DATE("date"),
    DIGEST("digest"),
    ETAG("etag"),
    EXPECT("expect"),
    FORWARDED("forwarded"),
    HOST("host"),
    HTTP2_SETTINGS("http2-settings"),
    IF_RANGE("if-range"),
    KEEP_ALIVE("keep-alive"),
    LOCATION("location"),
    ORIGIN("origin"),
    PROXY_AUTHENTICATE("proxy-authenticate"),
    PROXY_AUTHORIZATION("proxy-authorization"),
    PROXY_CONNECTION("proxy-connection"),
    PROXY_STATUS("proxy-status"),
    RANGE("range"),
    REFERER("referer"),
    REPR_DIGEST("repr-digest"),
    SEC_FETCH_SITE("sec-fetch-site"),
    SET_COOKIE("set-cookie"),
    TE("te"),
    TRACEPARENT("traceparent"),
    TRAILER("trailer"),
    TRANSFER_ENCODING("transfer-encoding"),
    UPGRADE("upgrade"),
    USER_AGENT("user-agent"),
    VIA("via"),
    WWW_AUTHENTICATE("www-authenticate"),
    X_FORWARDED_CONTEXT("x-forwarded-context"),
    X_FORWARDED_FOR("x-forwarded-for"),
    X_FORWARDED_HOST("x-forwarded-host"),
    X_FORWARDED_PORT("x-forwarded-port"),
    X_FORWARDED_PREFIX("x-forwarded-prefix"),
    X_FORWARDED_PROTO("x-forwarded-proto"),
    X_REAL_IP("x-real-ip"),
    X_REQUEST_ID("x-request-id"),
    X_REQUESTED_WITH("x-requested-with");

    private static final HeaderName[][] BY_LENGTH = byLength();

    @SuppressWarnings("ImmutableEnumChecker") // never handed out
    private final byte[] lowerCase;

    HeaderName(String lowerCase) {
        this.lowerCase = lowerCase.getBytes(StandardCharsets.US_ASCII);
    }

    /** The field whose name stands in {@code bytes[start, end)}, in any case. */
    static HeaderName of(byte[] bytes, int start, int end) {
        int length = end - start;
        if (length < BY_LENGTH.length) {
            for (HeaderName candidate : BY_LENGTH[length]) {
                // The last byte tells most names of one length apart.
                if (candidate.lowerCase[length - 1] == (bytes[end - 1] | 0x20)
                        && HttpBytes.equalsIgnoreCase(bytes, start, end, candidate.lowerCase)) {
                    return candidate;
                }
            }
        }
        return OTHER;
    }

    private static HeaderName[][] byLength() {
        int longest =
                Arrays.stream(values()).mapToInt(n -> n.lowerCase.length).max().orElseThrow();
        HeaderName[][] table = new HeaderName[longest + 1][];
        for (int length = 0; length <= longest; length++) {
            int wanted = length;
            table[length] = Arrays.stream(values())
                    .filter(name -> name != OTHER && name.lowerCase.length == wanted)
                    .toArray(HeaderName[]::new);
        }
        return table;
    }
}
