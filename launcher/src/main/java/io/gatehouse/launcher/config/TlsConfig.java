// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.config;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.gatehouse.proxy.tls.ClientCertificates;
import io.gatehouse.proxy.tls.TlsVersion;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * TLS of a listener. The files are read at the start, on reload and when they change.
 *
 * @param clientCaFile null when clients are not asked for certificates
 */
public record TlsConfig(
        @JsonProperty(required = true)
        @JsonPropertyDescription("PEM file with the certificate, then those that lead from it to the CA.")
        @Example("/etc/gatehouse/tls/tls.crt")
        Path certFile,

        @JsonProperty(required = true)
        @JsonPropertyDescription("PEM file with the certificate's private key, not encrypted.")
        @Example("/etc/gatehouse/tls/tls.key")
        Path keyFile,

        @JsonPropertyDescription(
                "Further certificates, for clients that ask for a host name which stands in one of them (SNI).")
        @Example("- {certFile: /etc/gatehouse/other/tls.crt, keyFile: /etc/gatehouse/other/tls.key}")
        List<KeyPairConfig> certificates,

        @JsonPropertyDescription(
                "Whether clients show a certificate: none (they are not asked), optional or required. One that is shown"
                        + " must come from clientCaFile.")
        ClientCertificates clientAuth,

        @JsonPropertyDescription("PEM file with the CAs of the clients' certificates.")
        @Example("/etc/gatehouse/clients/ca.crt")
        @Nullable
        Path clientCaFile,

        @JsonPropertyDescription("Oldest version that is spoken: 1.2 or 1.3.")
        TlsVersion minVersion) {

    public TlsConfig {
        certificates = List.copyOf(Checks.or(certificates, List.of()));
        clientAuth = Checks.or(clientAuth, ClientCertificates.NONE);
        minVersion = Checks.or(minVersion, TlsVersion.V1_2);
        new Checks()
                .that(
                        clientAuth == ClientCertificates.NONE || clientCaFile != null,
                        "clientCaFile",
                        "the key is missing, so no client's certificate could be accepted",
                        "name the file with the CAs of the clients' certificates")
                .that(
                        clientAuth != ClientCertificates.NONE || clientCaFile == null,
                        "clientCaFile",
                        "it has no effect, because clientAuth is none",
                        "write clientAuth: required or optional, or leave the key out")
                .done();
    }
}
