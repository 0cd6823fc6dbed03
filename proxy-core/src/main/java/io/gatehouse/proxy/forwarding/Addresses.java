// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.forwarding;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** IP addresses as proxies write them. No name is ever resolved. */
final class Addresses {
    /** IPv4 or an IPv6 in brackets, with a port or without; the port may be hidden (RFC 7239 section 6). No zone. */
    private static final Pattern WITH_PORT =
            Pattern.compile("(?:([0-9.]{7,15})|\\[([0-9A-Fa-f:.]{2,45})])(?::(?:[0-9]{1,5}|_[A-Za-z0-9._-]{1,64}))?");
    /** IPv6 as {@code X-Forwarded-For} has it. */
    private static final Pattern BARE = Pattern.compile("[0-9A-Fa-f:.]{2,45}");

    private Addresses() {}

    /**
     * The address of a node; null for {@code unknown}, hidden identifiers and everything else.
     *
     * @param bareIpv6 whether an IPv6 may stand without brackets
     */
    static @Nullable InetAddress parse(String node, boolean bareIpv6) {
        Matcher matcher = WITH_PORT.matcher(node);
        if (matcher.matches()) {
            String ipv4 = matcher.group(1);
            return ipv4 != null ? literal(ipv4, false) : literal(matcher.group(2), true);
        }
        return bareIpv6 && BARE.matcher(node).matches() ? literal(node, true) : null;
    }

    private static @Nullable InetAddress literal(String text, boolean ipv6) {
        boolean valid = ipv6 ? NetUtil.isValidIpV6Address(text) : NetUtil.isValidIpV4Address(text);
        InetAddress address = valid ? NetUtil.createInetAddressFromIpAddressString(text) : null;
        return address == null ? null : canonical(address);
    }

    /** An IPv4-mapped IPv6 address becomes the IPv4 address that it is, and a zone is left out: it means nothing elsewhere. */
    static InetAddress canonical(InetAddress address) {
        try {
            return InetAddress.getByAddress(address.getAddress());
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address has 4 or 16 bytes", e);
        }
    }

    /** As in RFC 5952. */
    static String text(InetAddress address) {
        return NetUtil.toAddressString(address);
    }
}
