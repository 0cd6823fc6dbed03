// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.tls;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

/**
 * A private key and the certificates that belong to it.
 *
 * @param chain the key's own certificate first
 */
record Identity(KeyPairFiles files, PrivateKey key, List<X509Certificate> chain) {
    private static final int DNS_NAME = 2;

    /** Reads both files and makes sure that they belong together. */
    static Identity read(KeyPairFiles files, PemFiles pem) throws TlsFileException {
        List<X509Certificate> chain = pem.certificates(files.certFile());
        PrivateKey key = PrivateKeys.read(files.keyFile(), pem);
        if (!belongTogether(key, chain.getFirst())) {
            throw new TlsFileException(
                    files.keyFile(),
                    "the key does not belong to the first certificate in " + files.certFile(),
                    "name the key of that certificate, and put a server's own certificate before those of its CAs");
        }
        return new Identity(files, key, chain);
    }

    /** Whether what the key signs is what the certificate verifies. */
    private static boolean belongTogether(PrivateKey key, X509Certificate certificate) {
        byte[] something = {1, 2, 3};
        String algorithm = key.getAlgorithm().equals("RSA") ? "SHA256withRSA" : "SHA256withECDSA";
        try {
            Signature signature = Signature.getInstance(algorithm);
            signature.initSign(key);
            signature.update(something);
            byte[] signed = signature.sign();
            signature.initVerify(certificate.getPublicKey());
            signature.update(something);
            return signature.verify(signed);
        } catch (GeneralSecurityException differentKinds) {
            return false;
        }
    }

    /** The host names in the certificate, in lower case; {@code *.} first where it is for all of a domain. */
    List<String> names() throws TlsFileException {
        try {
            Collection<List<?>> names = chain.getFirst().getSubjectAlternativeNames();
            return names == null
                    ? List.of()
                    : names.stream()
                            .filter(name -> name.getFirst() instanceof Integer kind && kind == DNS_NAME)
                            .map(name -> ((String) name.getLast()).toLowerCase(Locale.ROOT))
                            .toList();
        } catch (CertificateParsingException e) {
            throw new TlsFileException(
                    files.certFile(),
                    "the names in its certificate cannot be read",
                    "look at it with: openssl x509 -text -in " + files.certFile());
        }
    }

    /** When the first certificate of the chain ceases to be valid. */
    Instant expiry() {
        return chain.stream()
                .map(certificate -> certificate.getNotAfter().toInstant())
                .min(Instant::compareTo)
                .orElseThrow();
    }
}
