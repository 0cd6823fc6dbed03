// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.tls;

import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Private keys in the three forms that are about: PKCS#8 (RFC 5958), PKCS#1 for RSA (RFC 8017, what cert-manager writes unless told
 * otherwise), SEC1 for elliptic curves (RFC 5915). The JDK reads the first alone, so the others are put into its envelope.
 */
final class PrivateKeys {
    private static final Logger LOG = LoggerFactory.getLogger(PrivateKeys.class);
    private static final List<String> ALGORITHMS = List.of("RSA", "EC");
    private static final String FORMS = "write an RSA or EC key as PEM, without a password";
    private static final int SEQUENCE = 0x30;
    private static final int OCTET_STRING = 0x04;
    private static final int PARAMETERS = 0xA0;
    /** INTEGER 0. */
    private static final byte[] VERSION = {0x02, 0x01, 0x00};
    /** SEQUENCE of rsaEncryption and NULL. */
    private static final byte[] RSA = {
        0x30, 0x0D, 0x06, 0x09, 0x2A, (byte) 0x86, 0x48, (byte) 0x86, (byte) 0xF7, 0x0D, 0x01, 0x01, 0x01, 0x05, 0x00
    };
    /** The object identifier id-ecPublicKey. */
    private static final byte[] EC = {0x06, 0x07, 0x2A, (byte) 0x86, 0x48, (byte) 0xCE, 0x3D, 0x02, 0x01};

    private PrivateKeys() {}

    /** The key in a file; other blocks beside it (EC PARAMETERS, certificates) are passed over. */
    static PrivateKey read(Path file, PemFiles files) throws TlsFileException {
        for (PemFiles.Block block : files.blocks(file)) {
            switch (block.label()) {
                case "PRIVATE KEY" -> {
                    return decode(file, block.der());
                }
                case "RSA PRIVATE KEY" -> {
                    return decode(file, envelope(RSA, block.der()));
                }
                case "EC PRIVATE KEY" -> {
                    return decode(file, envelope(der(SEQUENCE, EC, curve(file, block.der())), block.der()));
                }
                case "ENCRYPTED PRIVATE KEY" ->
                    throw new TlsFileException(
                            file, "the key is encrypted", "decrypt it with: openssl pkey -in " + file);
                default -> {}
            }
        }
        throw new TlsFileException(file, "there is no private key in it", FORMS);
    }

    private static PrivateKey decode(Path file, byte[] pkcs8) throws TlsFileException {
        for (String algorithm : ALGORITHMS) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
            } catch (GeneralSecurityException ofAnotherKind) {
                LOG.atTrace().setCause(ofAnotherKind).log("not a key of this algorithm");
            }
        }
        throw new TlsFileException(file, "the key in it cannot be read", FORMS);
    }

    private static byte[] envelope(byte[] algorithm, byte[] key) {
        return der(SEQUENCE, VERSION, algorithm, der(OCTET_STRING, key));
    }

    /** The curve's identifier within an ECPrivateKey: SEQUENCE { version, OCTET STRING, [0] curve, … }. */
    private static byte[] curve(Path file, byte[] key) throws TlsFileException {
        try {
            int at = contentStart(key, 0);
            int end = end(key, 0);
            while (at < end) {
                if ((key[at] & 0xFF) == PARAMETERS) {
                    return Arrays.copyOfRange(key, contentStart(key, at), end(key, at));
                }
                at = end(key, at);
            }
        } catch (ArrayIndexOutOfBoundsException | IllegalArgumentException cutOff) {
            throw new TlsFileException(file, "the key in it cannot be read", FORMS);
        }
        throw new TlsFileException(file, "the key in it names no curve", FORMS);
    }

    private static int contentStart(byte[] der, int at) {
        int length = der[at + 1] & 0xFF;
        return at + 2 + (length < 0x80 ? 0 : length & 0x7F);
    }

    private static int end(byte[] der, int at) {
        int start = contentStart(der, at);
        int length = der[at + 1] & 0xFF;
        if (length >= 0x80) {
            length = 0;
            for (int i = at + 2; i < start; i++) {
                length = (length << 8) | (der[i] & 0xFF);
            }
        }
        int end = start + length;
        if (end <= at || end > der.length) {
            throw new IllegalArgumentException("longer than what holds it");
        }
        return end;
    }

    private static byte[] der(int tag, byte[]... parts) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            content.writeBytes(part);
        }
        int length = content.size();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(tag);
        if (length < 0x80) {
            out.write(length);
        } else {
            // Three bytes hold the length of anything that a file of a mebibyte can.
            out.write(0x83);
            out.write(length >>> 16);
            out.write(length >>> 8);
            out.write(length);
        }
        out.writeBytes(content.toByteArray());
        return out.toByteArray();
    }
}
