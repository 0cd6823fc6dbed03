// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.tls;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What TLS to upstreams is made of. There is no way to leave out the check of a server's certificate and name.
 *
 * @param caFile PEM: the only CAs that servers' certificates may come from; null for those of the JDK
 * @param identity what we show to a server that asks for a certificate; null for nothing
 */
public record ClientTlsOptions(
        @Nullable Path caFile, @Nullable KeyPairFiles identity, TlsVersion minVersion) {
    /** The JDK's CAs, no certificate of our own. */
    public static final ClientTlsOptions DEFAULT = new ClientTlsOptions(null, null, TlsVersion.V1_2);
}
