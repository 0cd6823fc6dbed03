// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.tls;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a listener's TLS is made of.
 *
 * @param certificates the first is for clients that name no server, or an unknown one; the others are chosen by the names in them
 * @param http2 whether the listener speaks HTTP/2 and not HTTP/1.1, as its ALPN says
 * @param clientCaFile PEM: the CAs that clients' certificates come from; null where none are asked for
 */
public record ServerTlsOptions(
        List<KeyPairFiles> certificates,
        ClientCertificates clientCertificates,
        @Nullable Path clientCaFile,
        TlsVersion minVersion,
        boolean http2) {
    /** For HTTP/1.1. */
    public ServerTlsOptions(
            List<KeyPairFiles> certificates,
            ClientCertificates clientCertificates,
            @Nullable Path clientCaFile,
            TlsVersion minVersion) {
        this(certificates, clientCertificates, clientCaFile, minVersion, false);
    }

    public ServerTlsOptions {
        certificates = List.copyOf(certificates);
        if (certificates.isEmpty() || (clientCertificates != ClientCertificates.NONE && clientCaFile == null)) {
            throw new IllegalArgumentException("a listener needs a certificate, and a CA where clients need one");
        }
    }
}
