// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.forwarding;

import io.gatehouse.proxy.ClientInfo;
import io.gatehouse.proxy.ForwardTarget;
import io.gatehouse.proxy.TrustedProxies;
import io.gatehouse.proxy.http1.HeaderName;
import io.gatehouse.proxy.http1.RequestHead;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code X-Forwarded-*} of a trusted peer. {@code -For} is a list that each proxy appends to, in one line or in several;
 * the others have one value. Where they come twice, it is not certain that a proxy wrote both, and neither counts.
 */
final class XForwardedFields {
    private static final int LARGEST_PORT = 65_535;

    private XForwardedFields() {}

    static ClientInfo read(RequestHead head, ClientInfo direct, TrustedProxies trusted) {
        WayBack way = new WayBack(direct, trusted);
        walk(head, way);
        return way.client(
                scheme(single(head, HeaderName.X_FORWARDED_PROTO)),
                host(single(head, HeaderName.X_FORWARDED_HOST)),
                port(single(head, HeaderName.X_FORWARDED_PORT)),
                prefix(single(head, HeaderName.X_FORWARDED_PREFIX)));
    }

    private static void walk(RequestHead head, WayBack way) {
        for (int field = head.fieldCount() - 1; field >= 0; field--) {
            if (head.name(field) == HeaderName.X_FORWARDED_FOR) {
                ElementsFromTheEnd elements = new ElementsFromTheEnd(head.value(field), ',');
                for (String node = elements.previous(); node != null; node = elements.previous()) {
                    if (!way.step(Addresses.parse(node, true))) {
                        return;
                    }
                }
            }
        }
    }

    /** The value of a field that is there once and is no list; null otherwise. */
    private static @Nullable String single(RequestHead head, HeaderName name) {
        int found = -1;
        for (int field = 0; field < head.fieldCount(); field++) {
            if (head.name(field) == name) {
                if (found >= 0) {
                    return null;
                }
                found = field;
            }
        }
        String value = found < 0 ? null : head.value(found);
        return value == null || value.indexOf(',') >= 0 ? null : value;
    }

    /** Of a WebSocket, some proxies name the scheme of its URL. */
    static @Nullable String scheme(@Nullable String value) {
        if (value == null) {
            return null;
        }
        return switch (value.toLowerCase(Locale.ROOT)) {
            case "http", "ws" -> "http";
            case "https", "wss" -> "https";
            default -> null;
        };
    }

    /** By the rule for Host (RFC 9110 section 7.2). */
    static @Nullable String host(@Nullable String value) {
        return value != null && RequestHead.isHost(value) ? value : null;
    }

    private static int port(@Nullable String value) {
        if (value == null || !value.matches("[0-9]{1,5}")) {
            return 0;
        }
        int port = Integer.parseInt(value);
        return port <= LARGEST_PORT ? port : 0;
    }

    /** With a slash at its end or without. */
    private static String prefix(@Nullable String value) {
        if (value == null) {
            return "";
        }
        String prefix = value.endsWith("/") ? value.substring(0, value.length() - 1) : value;
        return ForwardTarget.isPrefix(prefix) ? prefix : "";
    }
}
