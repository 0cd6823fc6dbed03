// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.forwarding;

import io.gatehouse.proxy.ClientInfo;
import io.gatehouse.proxy.TrustedProxies;
import io.gatehouse.proxy.http1.HeaderName;
import io.gatehouse.proxy.http1.RequestHead;

/**
 * Reads {@code Forwarded} (RFC 7239) of a trusted peer. Each proxy appends an element with what it saw; scheme and host are
 * those that the outermost trusted proxy saw, because that is the one whom the client asked.
 */
final class ForwardedField {
    private ForwardedField() {}

    static ClientInfo read(RequestHead head, ClientInfo direct, TrustedProxies trusted) {
        WayBack way = new WayBack(direct, trusted);
        ForwardedElement outermost = walk(head, way);
        return way.client(XForwardedFields.scheme(outermost.proto()), XForwardedFields.host(outermost.host()), 0, "");
    }

    /** Returns the last sound element that a trusted proxy wrote. */
    private static ForwardedElement walk(RequestHead head, WayBack way) {
        ForwardedElement outermost = ForwardedElement.EMPTY;
        for (int field = head.fieldCount() - 1; field >= 0; field--) {
            if (head.name(field) == HeaderName.FORWARDED) {
                ElementsFromTheEnd elements = new ElementsFromTheEnd(head.value(field), ',');
                for (String text = elements.previous(); text != null; text = elements.previous()) {
                    ForwardedElement element = ForwardedElement.parse(text);
                    if (element == null) {
                        return outermost;
                    }
                    outermost = element;
                    String node = element.node();
                    if (!way.step(node == null ? null : Addresses.parse(node, false))) {
                        return outermost;
                    }
                }
            }
        }
        return outermost;
    }
}
