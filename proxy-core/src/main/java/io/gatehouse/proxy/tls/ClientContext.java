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
    private final SslContext context;

    private ClientContext(SslContext context, String fingerprint) {
        super(List.of(context), fingerprint);
        this.context = context;
    }

    SslContext context() {
        return context;
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
            return new ClientContext(builder.build(), options + " " + files.fingerprint());
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
