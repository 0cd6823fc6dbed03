// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.config;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Probes, metrics and admin calls.
 *
 * @param tls null for plain HTTP
 * @param tokenFile null when admin calls are answered to loopback peers only; the record holds the path, never the token
 */
public record ManagementConfig(
        @JsonPropertyDescription("IP address to listen on; probes from a kubelet need 0.0.0.0 or ::.")
        String address,

        @JsonPropertyDescription("Port to listen on; 0 lets the system choose.")
        Integer port,

        @JsonPropertyDescription(
                "File with the bearer token of admin calls, read again on reload; without it they answer loopback"
                        + " peers only, and nobody where address is not a loopback address.")
        @Example("/etc/gatehouse/admin-token")
        @Nullable
        Path tokenFile,

        @JsonPropertyDescription("TLS; without this section the listener speaks plain HTTP.") @Nullable
        TlsConfig tls) {

    public ManagementConfig {
        address = Checks.or(address, "127.0.0.1");
        port = Checks.or(port, 8081);
        new Checks().address("address", address).port("port", port).done();
    }
}
