// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.tls;

import io.netty.handler.codec.http2.Http2SecurityUtil;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import java.nio.file.Path;
import java.util.List;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** All that one reading of the files for upstreams gave: whom we trust and what we show. */
final class ClientContext extends TlsMaterial {
    private final SslContext http1;
    private final SslContext http2;

    private ClientContext(SslContext http1, SslContext http2, String fingerprint) {
        super(List.of(http1, http2), fingerprint);
        this.http1 = http1;
        this.http2 = http2;
    }

    /** For HTTP/1.1, which servers speak that are asked for nothing. */
    SslContext http1() {
        return http1;
    }

    /** For HTTP/2, which they are asked for by ALPN (RFC 9113 section 3.2). */
    SslContext http2() {
        return http2;
    }

    /** Reads every file; blocks on them. */
    static ClientContext read(ClientTlsOptions options, TlsProvider provider) throws TlsFileException {
        PemFiles files = new PemFiles();
        SslContextBuilder builder = SslContextBuilder.forClient()
                .sslProvider(provider.ssl())
                .protocols(options.minVersion().protocols())
                .ciphers(Http2SecurityUtil.CIPHERS, SupportedCipherSuiteFilter.INSTANCE)
                .endpointIdentificationAlgorithm("HTTPS");
        Path caFile = options.caFile();
        KeyPairFiles pair = options.identity();
        if (caFile != null) {
            builder.trustManager(files.certificates(caFile));
        }
        if (pair != null) {
            Identity identity = Identity.read(pair, files);
            builder.keyManager(identity.key(), identity.chain());
        }
        try {
            SslContext http1 = builder.build();
            SslContext http2 = builder.applicationProtocolConfig(Alpn.HTTP_2).build();
            return new ClientContext(http1, http2, options + " " + files.fingerprint());
        } catch (SSLException e) {
            throw unusable(caFile, pair, e);
        }
    }

    private static TlsFileException unusable(@Nullable Path caFile, @Nullable KeyPairFiles pair, SSLException e) {
        Path blamed = pair != null ? pair.certFile() : caFile;
        return new TlsFileException(
                blamed == null ? Path.of("cacerts") : blamed,
                "TLS to upstreams cannot be set up with it (" + e.getMessage() + ")",
                "look at it with: openssl x509 -text -in FILE");
    }
}
