// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.tls;

import io.netty.handler.codec.http2.Http2SecurityUtil;
import io.netty.handler.ssl.OpenSslSessionContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import io.netty.util.ReferenceCountUtil;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * All that one reading of a listener's files gave: a context for each certificate, by name.
 *
 * <p><b>Resumption.</b> By tickets, under keys that BoringSSL makes for each context and changes by itself, and that end with it: who
 * was let in under another client CA has to show a certificate again.
 */
final class ServerCertificates extends TlsMaterial {
    private static final long SESSION_SECONDS = 3600;
    /** Of TLS 1.2 clients that resume by id; bounded memory. */
    private static final long SESSIONS = 4096;

    private final SslContext byDefault;
    private final Map<String, SslContext> byName;
    private final Instant expiry;

    private ServerCertificates(
            List<SslContext> contexts, Map<String, SslContext> byName, Instant expiry, String fingerprint) {
        super(contexts, fingerprint);
        this.byDefault = contexts.getFirst();
        this.byName = byName;
        this.expiry = expiry;
    }

    /** Reads every file; blocks on them. */
    static ServerCertificates read(ServerTlsOptions options, TlsProvider provider) throws TlsFileException {
        PemFiles files = new PemFiles();
        List<Identity> identities = new ArrayList<>();
        for (KeyPairFiles pair : options.certificates()) {
            identities.add(Identity.read(pair, files));
        }
        X509Certificate[] clientCas = options.clientCaFile() == null
                ? new X509Certificate[0]
                : files.certificates(options.clientCaFile()).toArray(X509Certificate[]::new);
        String fingerprint = options + " " + files.fingerprint();
        List<SslContext> contexts = new ArrayList<>();
        Map<String, SslContext> byName = new HashMap<>();
        try {
            for (Identity identity : identities) {
                SslContext context = context(identity, clientCas, options, provider);
                contexts.add(context);
                List<String> names = identity.names();
                if (names.isEmpty() && contexts.size() > 1) {
                    throw new TlsFileException(
                            identity.files().certFile(),
                            "its certificate holds no host name (subjectAltName), so no client would ever get it",
                            "make one with the names that clients use, or leave it out");
                }
                // The one that was named first counts, as the default does.
                names.forEach(name -> byName.putIfAbsent(name, context));
            }
        } catch (TlsFileException | RuntimeException broken) {
            contexts.forEach(ReferenceCountUtil::release);
            throw broken;
        }
        Instant expiry = identities.stream()
                .map(Identity::expiry)
                .min(Instant::compareTo)
                .orElseThrow();
        return new ServerCertificates(contexts, byName, expiry, fingerprint);
    }

    private static SslContext context(
            Identity identity, X509Certificate[] clientCas, ServerTlsOptions options, TlsProvider provider)
            throws TlsFileException {
        try {
            SslContextBuilder builder = SslContextBuilder.forServer(identity.key(), identity.chain())
                    .sslProvider(provider.ssl())
                    .protocols(options.minVersion().protocols())
                    // The suites with forward secrecy and authenticated encryption (RFC 9325); those that HTTP/2
                    // allows.
                    .ciphers(Http2SecurityUtil.CIPHERS, SupportedCipherSuiteFilter.INSTANCE)
                    // A client that offers nothing, or nothing of ours, is served all the same: its first bytes tell.
                    .applicationProtocolConfig(options.http2() ? Alpn.HTTP_2 : Alpn.HTTP_1_1)
                    .sessionTimeout(SESSION_SECONDS)
                    .sessionCacheSize(SESSIONS)
                    .clientAuth(options.clientCertificates().netty());
            if (clientCas.length > 0) {
                builder.trustManager(clientCas);
            }
            SslContext context = builder.build();
            if (context.sessionContext() instanceof OpenSslSessionContext sessions) {
                // No keys of ours: BoringSSL makes some and changes them every other day.
                sessions.setTicketKeys();
            }
            return context;
        } catch (SSLException e) {
            throw new TlsFileException(
                    identity.files().certFile(),
                    "its certificate cannot be used (" + e.getMessage() + ")",
                    "look at it with: openssl x509 -text -in "
                            + identity.files().certFile());
        }
    }

    /** The context for a client that asks for {@code serverName}, in lower case; null where it names none. */
    SslContext choose(@Nullable String serverName) {
        SslContext chosen = null;
        if (serverName != null) {
            chosen = byName.get(serverName);
            int dot = serverName.indexOf('.');
            if (chosen == null && dot > 0) {
                // A wildcard stands for exactly one label (RFC 9525 section 6.3).
                chosen = byName.get("*" + serverName.substring(dot));
            }
        }
        return chosen == null ? byDefault : chosen;
    }

    /** When the first of all certificates ceases to be valid. */
    Instant expiry() {
        return expiry;
    }
}
