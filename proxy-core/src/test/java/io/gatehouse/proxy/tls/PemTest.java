// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.proxy.testkit.TestPki;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.interfaces.ECPrivateKey;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that hold keys and certificates, and files that should. */
class PemTest {
    private final TestPki pki = new TestPki();

    @TempDir
    private Path folder;

    private Path write(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    private static String pem(String label, byte[] der) {
        return "-----BEGIN " + label + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der) + "\n-----END " + label + "-----\n";
    }

    /** RFC 8017: what an RSA key of 2048 bits has in its envelope, behind the 26 bytes that name the algorithm and the length. */
    private static byte[] pkcs1(PrivateKey key) {
        byte[] pkcs8 = key.getEncoded();
        return Arrays.copyOfRange(pkcs8, 26, pkcs8.length);
    }

    /** RFC 5915, as openssl writes it: with the curve inside, P-256, where PKCS#8 has it in the envelope. */
    private static byte[] sec1(PrivateKey key) {
        String number = "%064x".formatted(((ECPrivateKey) key).getS());
        return HexFormat.of().parseHex("3031" + "020101" + "0420" + number + "a00a06082a8648ce3d030107");
    }

    private Identity read(Path certFile, Path keyFile) throws TlsFileException {
        return Identity.read(new KeyPairFiles(certFile, keyFile), new PemFiles());
    }

    private void assertRefused(Path certFile, Path keyFile, Path blamed, String what) {
        assertThatThrownBy(() -> read(certFile, keyFile)).isInstanceOfSatisfying(TlsFileException.class, refused -> {
            assertThat(refused.file()).isEqualTo(blamed);
            assertThat(refused.what()).contains(what);
            assertThat(refused.remedy()).isNotEmpty();
        });
    }

    @Test
    void keysAreReadInEachOfTheirForms() throws Exception {
        // Given
        X509Bundle rsa = pki.rsa("a.example");
        X509Bundle ec = pki.issue("a.example");
        PrivateKey rsaKey = rsa.getKeyPair().getPrivate();
        PrivateKey ecKey = ec.getKeyPair().getPrivate();
        Path rsaCert = write("rsa.crt", rsa.getCertificatePEM());
        Path ecCert = write("ec.crt", ec.getCertificatePEM());

        // When / Then
        assertThat(read(rsaCert, write("1.key", pem("PRIVATE KEY", rsaKey.getEncoded())))
                        .key())
                .isEqualTo(rsaKey);
        assertThat(read(rsaCert, write("2.key", pem("RSA PRIVATE KEY", pkcs1(rsaKey))))
                        .key())
                .isEqualTo(rsaKey);
        for (Path keyFile : List.of(
                write("3.key", pem("PRIVATE KEY", ecKey.getEncoded())),
                write("4.key", pem("EC PRIVATE KEY", sec1(ecKey))))) {
            assertThat(((ECPrivateKey) read(ecCert, keyFile).key()).getS()).isEqualTo(((ECPrivateKey) ecKey).getS());
        }
    }

    @Test
    void theChainIsReadInItsOrderAndItsEarliestEndCounts() throws Exception {
        // Given
        X509Bundle own = pki.issue("a.example", "b.example");
        X509Bundle next = pki.expired("between.example");
        Path cert = write("own.crt", "some text\n" + own.getCertificatePEM() + next.getCertificatePEM());
        Path key = write("own.key", own.getPrivateKeyPEM());

        // When
        Identity identity = read(cert, key);

        // Then
        assertThat(identity.chain()).containsExactly(own.getCertificate(), next.getCertificate());
        assertThat(identity.names()).containsExactly("a.example", "b.example");
        assertThat(identity.expiry())
                .isEqualTo(next.getCertificate().getNotAfter().toInstant());
    }

    @Test
    void whatCannotBeUsedIsNamedWithItsRemedy() throws Exception {
        // Given
        X509Bundle own = pki.issue("a.example");
        KeyPairFiles good = TestPki.files(folder, "good", own);
        Path cert = good.certFile();
        Path key = good.keyFile();
        Path missing = folder.resolve("missing.pem");
        Path empty = write("empty.pem", "");
        Path encrypted = write("encrypted.key", pem("ENCRYPTED PRIVATE KEY", new byte[] {1, 2, 3}));
        Path broken = write("broken.pem", pem("CERTIFICATE", new byte[] {1, 2, 3}));
        Path brokenKey = write("broken.key", pem("PRIVATE KEY", new byte[] {1, 2, 3}));
        Path noBase64 = write("base64.pem", "-----BEGIN CERTIFICATE-----\nA\n-----END CERTIFICATE-----\n");
        Path another = write("another.key", pki.issue("a.example").getPrivateKeyPEM());
        Path otherKind = write("rsa.key", pki.rsa("a.example").getPrivateKeyPEM());
        Path reversed = write("reversed.crt", pki.ca().getCertificatePEM() + own.getCertificatePEM());

        // When / Then
        assertRefused(missing, key, missing, "does not exist");
        assertRefused(folder, key, folder, "cannot be read");
        assertRefused(empty, key, empty, "no certificate");
        assertRefused(key, key, key, "no certificate");
        assertRefused(broken, key, broken, "cannot be read");
        assertRefused(noBase64, key, noBase64, "Base64");
        assertRefused(cert, empty, empty, "no private key");
        assertRefused(cert, encrypted, encrypted, "encrypted");
        assertRefused(cert, brokenKey, brokenKey, "cannot be read");
        assertRefused(cert, another, another, "does not belong");
        assertRefused(cert, otherKind, otherKind, "does not belong");
        assertRefused(reversed, key, key, "does not belong");
    }

    @Test
    void aCutOffKeyOfTheOldFormIsRefused() throws Exception {
        // Given
        X509Bundle own = pki.issue("a.example");
        Path cert = write("own.crt", own.getCertificatePEM());
        byte[] whole = sec1(own.getKeyPair().getPrivate());
        for (int length = 0; length < whole.length; length++) {
            Path key = write("cut.key", pem("EC PRIVATE KEY", Arrays.copyOf(whole, length)));
            // When / Then
            assertThatThrownBy(() -> read(cert, key)).isInstanceOf(TlsFileException.class);
        }
    }

    @Test
    void aFurtherCertificateWithoutAHostNameIsRefused() throws Exception {
        // Given
        List<KeyPairFiles> pairs = List.of(
                TestPki.files(folder, "named", pki.issue("a.example")), TestPki.files(folder, "unnamed", pki.ca()));
        ServerTlsOptions options = new ServerTlsOptions(pairs, ClientCertificates.NONE, null, TlsVersion.V1_2);

        // When / Then
        assertThatThrownBy(() -> ServerTls.load(options, TlsProvider.best()))
                .isInstanceOf(TlsFileException.class)
                .hasMessageContaining("unnamed.crt")
                .hasMessageContaining("no host name");
    }
}
