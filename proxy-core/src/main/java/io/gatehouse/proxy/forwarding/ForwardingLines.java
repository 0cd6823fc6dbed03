// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.forwarding;

import io.gatehouse.proxy.ClientInfo;
import io.gatehouse.proxy.TrustedProxies;
import io.gatehouse.proxy.http1.HeadWriter;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;

/**
 * The field lines that tell an upstream who sent a request, made from what was checked and from nothing else. The host is not
 * among them: it is told for each request, because it mostly is the request's own.
 */
final class ForwardingLines {
    private ForwardingLines() {}

    /** {@code via}: the value of our Via field. */
    static byte[] of(ClientInfo client, TrustedProxies.Fields form, String via) {
        List<InetAddress> chain = new ArrayList<>();
        chain.add(client.address());
        chain.addAll(client.forwarding().proxies());
        StringBuilder lines = new StringBuilder("X-Forwarded-For: ").append(list(chain));
        lines.append("\r\nX-Forwarded-Proto: ").append(client.scheme());
        if (client.forwarding().port() > 0) {
            lines.append("\r\nX-Forwarded-Port: ").append(client.forwarding().port());
        }
        if (form == TrustedProxies.Fields.FORWARDED) {
            lines.append("\r\nForwarded: ").append(elements(chain, client.scheme()));
        }
        return HeadWriter.ascii(
                lines.append("\r\nVia: ").append(via).append("\r\n").toString());
    }

    private static String list(List<InetAddress> chain) {
        StringJoiner list = new StringJoiner(", ");
        chain.forEach(address -> list.add(Addresses.text(address)));
        return list.toString();
    }

    /** RFC 7239 section 4. The scheme is the client's, so it stands in the first element. */
    private static String elements(List<InetAddress> chain, String scheme) {
        StringJoiner elements = new StringJoiner(", ");
        for (InetAddress address : chain) {
            String node = Addresses.text(address);
            String element = address instanceof Inet6Address ? "for=\"[" + node + "]\"" : "for=" + node;
            elements.add(elements.length() == 0 ? element + ";proto=" + scheme : element);
        }
        return elements.toString();
    }
}
