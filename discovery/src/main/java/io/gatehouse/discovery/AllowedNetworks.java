// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import io.netty.handler.ipfilter.IpFilterRuleType;
import io.netty.handler.ipfilter.IpSubnetFilterRule;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;

/**
 * The networks in which drivers may be that are known only from what their jobs wrote into an event log. Whoever submits a
 * job writes that log, so an address outside is never connected to.
 */
public final class AllowedNetworks {
    private final List<IpSubnetFilterRule> rules;

    /** {@code cidrs}: for instance {@code 10.0.0.0/8} or {@code fd00::/8}; empty allows nothing. */
    public AllowedNetworks(List<String> cidrs) {
        this.rules = cidrs.stream().map(AllowedNetworks::rule).toList();
    }

    private static IpSubnetFilterRule rule(String cidr) {
        int slash = cidr.indexOf('/');
        if (slash < 0) {
            throw new IllegalArgumentException("not a network in CIDR form: " + cidr);
        }
        return new IpSubnetFilterRule(
                cidr.substring(0, slash), Integer.parseInt(cidr.substring(slash + 1)), IpFilterRuleType.ACCEPT);
    }

    public boolean allows(InetAddress address) {
        InetSocketAddress socketAddress = new InetSocketAddress(address, 0);
        return rules.stream().anyMatch(rule -> rule.matches(socketAddress));
    }
}
