// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.config;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.gatehouse.proxy.tls.TlsVersion;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * TLS to Spark drivers and History Servers. The files are read at the start, on reload and when they change.
 *
 * @param caFile null for the CAs that the JDK knows
 * @param certFile null when servers do not ask for a certificate, as is {@code keyFile}
 */
public record UpstreamTlsConfig(
        @JsonPropertyDescription(
                "PEM file with the CAs that servers' certificates come from, in place of those that the JDK knows.")
        @Example("/etc/gatehouse/upstream/ca.crt")
        @Nullable
        Path caFile,

        @JsonPropertyDescription("PEM file with the certificate to show to a server that asks for one.")
        @Example("/etc/gatehouse/upstream/tls.crt")
        @Nullable
        Path certFile,

        @JsonPropertyDescription("PEM file with that certificate's private key, not encrypted.")
        @Example("/etc/gatehouse/upstream/tls.key")
        @Nullable
        Path keyFile,

        @JsonPropertyDescription("Oldest version that is spoken: 1.2 or 1.3.")
        TlsVersion minVersion) {

    public UpstreamTlsConfig {
        minVersion = Checks.or(minVersion, TlsVersion.V1_2);
        new Checks()
                .that(
                        (certFile == null) == (keyFile == null),
                        certFile == null ? "certFile" : "keyFile",
                        "the key is missing: a certificate and its private key go together",
                        "name both files or none")
                .done();
    }
}
