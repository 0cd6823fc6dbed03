// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.it.cluster;

import io.gatehouse.proxy.testkit.TestPki;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;

/** The file by which clients find a cluster and prove who they are. */
final class Kubeconfig {
    private Kubeconfig() {}

    /** Writes one that needs no other file. */
    static Path write(Path file, URI api, TestPki pki, String token) throws IOException {
        String ca =
                Base64.getEncoder().encodeToString(pki.ca().getCertificatePEM().getBytes(StandardCharsets.US_ASCII));
        return Files.writeString(file, """
                apiVersion: v1
                kind: Config
                current-context: test
                contexts:
                  - name: test
                    context: {cluster: test, user: test}
                clusters:
                  - name: test
                    cluster: {server: "%s", certificate-authority-data: %s}
                users:
                  - name: test
                    user: {token: %s}
                """.formatted(api, ca, token));
    }
}
