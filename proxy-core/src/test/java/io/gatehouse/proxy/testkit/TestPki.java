// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.testkit;

import io.gatehouse.proxy.tls.KeyPairFiles;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/** A CA of the test's own, with the certificates and TLS ends that tests need. Everything is made when the test runs. */
public final class TestPki {
    private static final char[] NO_PASSWORD = new char[0];

    private final X509Bundle ca;

    public TestPki() {
        this("Test CA");
    }

    public TestPki(String name) {
        ca = build(base("CN=" + name).setIsCertificateAuthority(true), null);
    }

    public X509Bundle ca() {
        return ca;
    }

    /** A certificate for that host or those hosts; address literals count as addresses. */
    public X509Bundle issue(String... hosts) {
        return build(named(base("CN=" + hosts[0]), hosts), ca);
    }

    /** One that was valid until an hour ago. */
    public X509Bundle expired(String host) {
        Instant now = Instant.now();
        return build(
                named(base("CN=" + host), host)
                        .notBefore(now.minus(Duration.ofDays(2)))
                        .notAfter(now.minus(Duration.ofHours(1))),
                ca);
    }

    /** One that no CA has signed. */
    public static X509Bundle selfSigned(String host) {
        return build(named(base("CN=" + host), host).setIsCertificateAuthority(true), null);
    }

    /** An RSA key, for what only concerns those. */
    public X509Bundle rsa(String host) {
        return build(named(base("CN=" + host), host).rsa2048(), ca);
    }

    private static CertificateBuilder base(String subject) {
        Instant now = Instant.now();
        return new CertificateBuilder()
                .ecp256()
                .subject(subject)
                .notBefore(now.minus(Duration.ofHours(1)))
                .notAfter(now.plus(Duration.ofDays(2)));
    }

    /** One for all hosts of a domain; Netty's builder takes no asterisk. */
    public X509Bundle issueForAllOf(String domain) {
        byte[] name = ("*." + domain).getBytes(StandardCharsets.US_ASCII);
        ByteBuffer names = ByteBuffer.allocate(name.length + 4);
        // GeneralNames: a SEQUENCE of one [2] dNSName.
        names.put((byte) 0x30)
                .put((byte) (name.length + 2))
                .put((byte) 0x82)
                .put((byte) name.length)
                .put(name);
        return build(base("CN=" + domain).addExtensionOctetString("2.5.29.17", false, names.array()), ca);
    }

    private static CertificateBuilder named(CertificateBuilder builder, String... hosts) {
        for (String host : hosts) {
            if (host.matches("[0-9.]+|.*:.*")) {
                builder.addSanIpAddress(host);
            } else {
                builder.addSanDnsName(host);
            }
        }
        return builder;
    }

    private static X509Bundle build(CertificateBuilder builder, @Nullable X509Bundle issuer) {
        try {
            return issuer == null ? builder.buildSelfSigned() : builder.buildIssuedBy(issuer);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** The CA as a file. */
    public Path caFile(Path folder) throws IOException {
        return Files.writeString(folder.resolve(Integer.toHexString(hashCode()) + "-ca.pem"), ca.getCertificatePEM());
    }

    /** Writes a certificate and its key, over what is there. */
    public static KeyPairFiles files(Path folder, String name, X509Bundle bundle) throws IOException {
        return new KeyPairFiles(
                Files.writeString(folder.resolve(name + ".crt"), bundle.getCertificatePathPEM()),
                Files.writeString(folder.resolve(name + ".key"), bundle.getPrivateKeyPEM()));
    }

    /** An end that shows {@code identity}, if any, and trusts {@code trusted}; with null whatever comes. */
    public static SSLContext context(@Nullable X509Bundle identity, @Nullable TestPki trusted) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            KeyManager[] keys = new KeyManager[0];
            if (identity != null) {
                KeyStore store = KeyStore.getInstance("PKCS12");
                store.load(null, NO_PASSWORD);
                store.setKeyEntry(
                        "own", identity.getKeyPair().getPrivate(), NO_PASSWORD, identity.getCertificatePath());
                KeyManagerFactory factory = KeyManagerFactory.getInstance("PKIX");
                factory.init(store, NO_PASSWORD);
                keys = factory.getKeyManagers();
            }
            TrustManager[] trust = trusted == null
                    ? new TrustManager[] {new Credulous()}
                    : trusted.ca.toTrustManagerFactory().getTrustManagers();
            context.init(keys, trust, null);
            return context;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** A connection whose handshake has not begun; {@code serverName} null for none. */
    public static SSLSocket socket(SSLContext context, InetSocketAddress address, @Nullable String serverName)
            throws IOException {
        return layered(context, RawClient.connected(address, 0), serverName);
    }

    /** The same over a socket that is connected already. */
    public static SSLSocket layered(SSLContext context, Socket connected, @Nullable String serverName)
            throws IOException {
        SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(connected, null, 0, true);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setServerNames(serverName == null ? List.of() : List.of(new SNIHostName(serverName)));
        socket.setSSLParameters(parameters);
        return socket;
    }

    private static final class Credulous implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) {
            // Tests of the other end's judgement.
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) {
            // Tests of the other end's judgement.
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
