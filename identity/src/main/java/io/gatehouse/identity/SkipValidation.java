// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.identity;

import java.net.InetAddress;

/**
 * How far it goes that nobody has to prove who he is. There is no third way to get {@link TrustingLogins}, and no default: whoever
 * configures them has to say one of these.
 */
public enum SkipValidation {
    /** Who sits at this machine may call himself what he likes. */
    FROM_LOOPBACK_ONLY,
    /** Anybody who reaches the door may. */
    FROM_ANYWHERE_WITHOUT_ANY_PROOF;

    /** Whether a door that listens on an address may be open so wide. Asked by the configuration's rules. */
    public boolean allowsListeningOn(InetAddress address) {
        return this == FROM_ANYWHERE_WITHOUT_ANY_PROOF || address.isLoopbackAddress();
    }

    /** Whether a client is taken at its word. */
    boolean allows(InetAddress client) {
        return this == FROM_ANYWHERE_WITHOUT_ANY_PROOF || client.isLoopbackAddress();
    }
}
