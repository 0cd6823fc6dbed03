// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.it.cluster;

import io.gatehouse.proxy.testkit.TestPki;
import io.gatehouse.proxy.tls.KeyPairFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/**
 * What the programs of a cluster read and write, all in one folder.
 *
 * @param server certificate and key of the API server, for loopback
 * @param serviceAccounts certificate and key by which the API server signs the tokens of service accounts
 * @param adminToken the secret of a user who may do everything
 * @param tokens {@code adminToken} as the API server reads it
 * @param auditPolicy which requests the API server is to record
 * @param auditLog where it records them
 */
record ClusterFiles(
        Path folder,
        TestPki pki,
        KeyPairFiles server,
        KeyPairFiles serviceAccounts,
        String adminToken,
        Path tokens,
        Path auditPolicy,
        Path auditLog) {
    /** The user of {@link #adminToken}: the test itself, and the controllers. */
    private static final String ADMIN = "admin";

    /** The requests of everybody but the test, the controllers and the API server itself, each once: when it is answered. */
    private static final String AUDIT_POLICY = """
            apiVersion: audit.k8s.io/v1
            kind: Policy
            omitStages: [RequestReceived]
            rules:
              - level: None
                users: [%s, system:apiserver]
              - level: Metadata
            """.formatted(ADMIN);

    /** Makes keys and files. */
    static ClusterFiles in(Path folder) throws IOException {
        TestPki pki = new TestPki("Test cluster");
        String token = UUID.randomUUID().toString();
        return new ClusterFiles(
                folder,
                pki,
                TestPki.files(folder, "apiserver", pki.issue("127.0.0.1", "localhost")),
                TestPki.files(folder, "service-accounts", pki.issue("service-accounts")),
                token,
                Files.writeString(
                        folder.resolve("tokens.csv"), "%s,%s,%s,system:masters%n".formatted(token, ADMIN, ADMIN)),
                Files.writeString(folder.resolve("audit-policy.yaml"), AUDIT_POLICY),
                folder.resolve("audit.log"));
    }
}
