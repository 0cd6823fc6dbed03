// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.net;

/** The names of the handlers in the pipelines, in the order in which a listener adds them. The README's table says why. */
public final class HandlerNames {
    /** Refuses connections beyond the listener's cap. */
    public static final String CONN_LIMIT = "conn-limit";

    /** Reads the PROXY header of a load balancer. */
    public static final String PROXY_PROTOCOL = "proxy-protocol";

    /** Reads the ClientHello, then encrypts and decrypts. */
    public static final String TLS = "tls";

    /** Takes what TLS reports: handshakes that failed, the end of a stream. */
    public static final String TLS_EVENTS = "tls-events";

    /** Decodes requests, holds their deadlines, feeds the exchange. */
    public static final String FRONTEND = "frontend";

    /** Decodes responses, holds their deadlines, feeds the exchange. */
    public static final String BACKEND = "backend";

    /** Tells HTTP/2 from what does not belong on its port. */
    public static final String PREFACE = "preface";

    /** Gathers what the one behind it writes in small pieces. */
    public static final String SMALL_WRITES = "small-writes";

    /** Decodes and encodes the frames of HTTP/2, feeds the calls. */
    public static final String H2 = "h2";

    /** Ends what nobody else ended: exceptions and stray messages. */
    public static final String LAST_RESORT = "last-resort";

    private HandlerNames() {}
}
