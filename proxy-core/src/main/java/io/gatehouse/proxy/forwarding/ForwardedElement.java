// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.forwarding;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What one proxy saw of a request: an element of {@code Forwarded} (RFC 7239 section 4), its values not checked any further.
 *
 * @param node the parameter {@code for}: whom the proxy speaks for
 */
record ForwardedElement(
        @Nullable String node,
        @Nullable String proto,
        @Nullable String host) {
    static final ForwardedElement EMPTY = new ForwardedElement(null, null, null);

    private static final String TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
    /** No backslash: nothing that a proxy has to say here needs one. */
    private static final Pattern PAIR = Pattern.compile("(" + TOKEN + ")=(?:(" + TOKEN + ")|\"([^\"\\\\]*)\")");

    /** Null where the element breaks the grammar, or says something twice. */
    static @Nullable ForwardedElement parse(String text) {
        ForwardedElement element = EMPTY;
        ElementsFromTheEnd pairs = new ElementsFromTheEnd(text, ';');
        for (String pair = pairs.previous(); pair != null; pair = pairs.previous()) {
            if (!pair.isEmpty()) {
                ForwardedElement more = element.with(pair);
                if (more == null) {
                    return null;
                }
                element = more;
            }
        }
        return element;
    }

    private @Nullable ForwardedElement with(String pair) {
        Matcher matcher = PAIR.matcher(pair);
        if (!matcher.matches()) {
            return null;
        }
        String value = matcher.group(2) != null ? matcher.group(2) : matcher.group(3);
        return switch (matcher.group(1).toLowerCase(Locale.ROOT)) {
            case "for" -> node == null ? new ForwardedElement(value, proto, host) : null;
            case "proto" -> proto == null ? new ForwardedElement(node, value, host) : null;
            case "host" -> host == null ? new ForwardedElement(node, proto, value) : null;
            default -> this;
        };
    }
}
