// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the PEM files (RFC 7468) of one configuration and remembers what was in them, so that two readings can be compared.
 * Blocks on the files: not for event loops.
 */
final class PemFiles {
    private static final long MAX_BYTES = 1 << 20;
    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([A-Za-z0-9+/=\\s]+)-----END \\1-----");

    private final MessageDigest seen = sha256();

    /** One block: what its lines say it is, and its DER bytes. */
    record Block(String label, byte[] der) {}

    /** What all files that were read so far held, in a few bytes. */
    String fingerprint() {
        try {
            return HexFormat.of().formatHex(((MessageDigest) seen.clone()).digest());
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("SHA-256 can be cloned", e);
        }
    }

    /** At least one certificate, in the order of the file. */
    List<X509Certificate> certificates(Path file) throws TlsFileException {
        List<X509Certificate> certificates = new ArrayList<>();
        for (Block block : blocks(file)) {
            if (block.label().equals("CERTIFICATE")) {
                certificates.add(certificate(file, block));
            }
        }
        if (certificates.isEmpty()) {
            throw new TlsFileException(
                    file, "there is no certificate in it", "write PEM: -----BEGIN CERTIFICATE----- and so on");
        }
        return certificates;
    }

    private static X509Certificate certificate(Path file, Block block) throws TlsFileException {
        try {
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(block.der()));
        } catch (CertificateException e) {
            throw new TlsFileException(
                    file, "a certificate in it cannot be read", "look at it with: openssl x509 -text -in " + file);
        }
    }

    /** All blocks of a file. */
    List<Block> blocks(Path file) throws TlsFileException {
        List<Block> blocks = new ArrayList<>();
        Matcher matcher = BLOCK.matcher(new String(read(file), StandardCharsets.ISO_8859_1));
        while (matcher.find()) {
            try {
                blocks.add(new Block(matcher.group(1), Base64.getMimeDecoder().decode(matcher.group(2))));
            } catch (IllegalArgumentException notBase64) {
                throw new TlsFileException(file, "what stands between its lines is not Base64", "write it anew");
            }
        }
        return blocks;
    }

    private byte[] read(Path file) throws TlsFileException {
        String what;
        try {
            if (Files.size(file) <= MAX_BYTES) {
                byte[] bytes = Files.readAllBytes(file);
                seen.update((file + " " + bytes.length + "\n").getBytes(StandardCharsets.UTF_8));
                seen.update(bytes);
                return bytes;
            }
            what = "the file is larger than 1 MiB";
        } catch (NoSuchFileException e) {
            what = "the file does not exist";
        } catch (IOException e) {
            what = "the file cannot be read (" + e.getClass().getSimpleName() + ")";
        }
        throw new TlsFileException(file, what, "name a PEM file that this process may read");
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
