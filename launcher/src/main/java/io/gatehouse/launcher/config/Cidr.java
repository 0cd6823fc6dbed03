// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.config;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A network in CIDR form: {@code 10.0.0.0/8}, {@code fd00::/8}. No name is ever resolved.
 *
 * @param network the first address of the network; its host bits are zero
 * @param prefixLength 0..32 for IPv4, 0..128 for IPv6
 */
public record Cidr(InetAddress network, int prefixLength) {
    private static final Pattern FORM = Pattern.compile("([0-9A-Fa-f.:]+)/(\\d{1,3})");
    private static final Pattern IPV4 = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");
    private static final String REMEDY = "write a network such as 10.0.0.0/8 or fd00::/8";

    /**
     * Reads the CIDR form.
     *
     * @throws InvalidValueException when the text is no network or has host bits
     */
    public static Cidr parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new InvalidValueException("'" + text + "' is not a network in CIDR form", REMEDY);
        }
        InetAddress address = literal(matcher.group(1), text);
        int prefixLength = Integer.parseInt(matcher.group(2));
        int bits = address.getAddress().length * 8;
        if (prefixLength > bits) {
            throw new InvalidValueException(
                    "prefix length " + prefixLength + " is outside 0.." + bits, "write a prefix length of that range");
        }
        InetAddress network = masked(address, prefixLength);
        if (!network.equals(address)) {
            throw new InvalidValueException(
                    "'" + text + "' has host bits set", "write " + network.getHostAddress() + "/" + prefixLength);
        }
        return new Cidr(network, prefixLength);
    }

    /** Whether the address lies in this network; an address of the other family never does. */
    public boolean contains(InetAddress address) {
        return address.getAddress().length == network.getAddress().length
                && masked(address, prefixLength).equals(network);
    }

    private static InetAddress literal(String literal, String text) {
        boolean ipv6 = literal.contains(":");
        // ofLiteral also reads short forms such as "10.1"; what they mean is not obvious to a reader.
        if (ipv6 || IPV4.matcher(literal).matches()) {
            try {
                InetAddress address = InetAddress.ofLiteral(literal);
                // An IPv4-mapped IPv6 literal becomes an IPv4 address, and its prefix length would mean something else.
                if (ipv6 == (address.getAddress().length == 16)) {
                    return address;
                }
            } catch (IllegalArgumentException e) {
                throw new InvalidValueException("'" + text + "' does not start with an IP address", REMEDY, e);
            }
        }
        throw new InvalidValueException("'" + text + "' does not start with an IP address", REMEDY);
    }

    private static InetAddress masked(InetAddress address, int prefixLength) {
        byte[] bytes = address.getAddress();
        for (int i = 0; i < bytes.length; i++) {
            int kept = Math.clamp(prefixLength - i * 8L, 0, 8);
            bytes[i] &= (byte) (0xFF00 >> kept);
        }
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address has 4 or 16 bytes", e);
        }
    }

    @Override
    public String toString() {
        return network.getHostAddress() + "/" + prefixLength;
    }
}
