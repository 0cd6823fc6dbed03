// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy;

import java.net.InetAddress;
import java.util.function.Predicate;

/**
 * Whose word counts when it says for whom it speaks.
 *
 * @param addresses those of the proxies; asked on event loops
 * @param fields the fields that all of them set. Those of the other form count for nothing: a proxy that does not set them
 *     passes on what the client wrote
 */
public record TrustedProxies(Predicate<InetAddress> addresses, Fields fields) {
    /** Every peer is a client. */
    public static final TrustedProxies NONE = new TrustedProxies(address -> false, Fields.X_FORWARDED);

    /** The two forms in which proxies say for whom they speak. */
    public enum Fields {
        /** {@code X-Forwarded-For}, {@code -Proto}, {@code -Host}, {@code -Port}, {@code -Prefix}. */
        X_FORWARDED,
        /** {@code Forwarded} (RFC 7239). */
        FORWARDED
    }

    /** Whether the address is that of a trusted proxy. */
    public boolean trust(InetAddress address) {
        return addresses.test(address);
    }
}
