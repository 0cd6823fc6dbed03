// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.it;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.concurrent.ThreadLocalRandom;

/** Loopback addresses that nobody else uses, in the place of pods' addresses: all of 127.0.0.0/8 is this machine. */
final class Addresses {
    private static final int FIRST = 2;
    private static final int BEHIND_LAST = 255;

    private Addresses() {}

    /** That of IPv6, of which there is one; where the machine has none, as some containers do not, one of the others. */
    static String version6() throws SocketException {
        NetworkInterface loopback = NetworkInterface.getByInetAddress(InetAddress.getLoopbackAddress());
        boolean has = loopback.inetAddresses().anyMatch(Inet6Address.class::isInstance);
        return has ? "::1" : pick();
    }

    /** One of some sixteen million. */
    static String pick() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        return "127.%d.%d.%d"
                .formatted(
                        random.nextInt(FIRST, BEHIND_LAST),
                        random.nextInt(FIRST, BEHIND_LAST),
                        random.nextInt(FIRST, BEHIND_LAST));
    }
}
