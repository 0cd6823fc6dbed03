// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.config;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import java.nio.file.Path;

/** A certificate and its key. */
public record KeyPairConfig(
        @JsonProperty(required = true)
        @JsonPropertyDescription("PEM file with the certificate, then those that lead from it to the CA.")
        @Example("/etc/gatehouse/tls/tls.crt")
        Path certFile,

        @JsonProperty(required = true)
        @JsonPropertyDescription("PEM file with the certificate's private key, not encrypted.")
        @Example("/etc/gatehouse/tls/tls.key")
        Path keyFile) {}
