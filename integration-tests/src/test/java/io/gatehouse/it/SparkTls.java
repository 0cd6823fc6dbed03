// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.it;

import io.gatehouse.proxy.testkit.TestPki;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Map;

/** Spark's settings for a UI with TLS: who asks without is led there. */
final class SparkTls {
    private static final String PASSWORD = "of-a-test";

    private SparkTls() {}

    /**
     * Makes a certificate and writes it where Spark finds it.
     *
     * @param address that the certificate is for
     * @param port of the UI with TLS; that of the other one is set as always
     */
    static Map<String, String> ui(Path folder, TestPki pki, String address, int port)
            throws IOException, GeneralSecurityException {
        X509Bundle identity = pki.issue(address);
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, PASSWORD.toCharArray());
        store.setKeyEntry(
                "ui", identity.getKeyPair().getPrivate(), PASSWORD.toCharArray(), identity.getCertificatePath());
        Path file = folder.resolve("ui.p12");
        try (OutputStream out = Files.newOutputStream(file)) {
            store.store(out, PASSWORD.toCharArray());
        }
        return Map.of(
                "spark.ssl.ui.enabled",
                "true",
                "spark.ssl.ui.port",
                Integer.toString(port),
                "spark.ssl.ui.keyStore",
                file.toString(),
                "spark.ssl.ui.keyStoreType",
                "PKCS12",
                "spark.ssl.ui.keyStorePassword",
                PASSWORD,
                "spark.ssl.ui.keyPassword",
                PASSWORD);
    }
}
