// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.tls;

import io.gatehouse.proxy.Upstream;
import io.gatehouse.proxy.net.HandlerNames;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http2.Http2SecurityUtil;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import io.netty.util.IllegalReferenceCountException;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Promise;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * TLS to upstreams. A server's certificate is always checked, and so is that it is for the host (RFC 9525; address literals too).
 * New connections get what is in force; those that are open keep what they began with.
 */
public final class ClientTls implements AutoCloseable {
    /** What is in force and how to tell it from the next reading. */
    private record State(SslContext context, String fingerprint) {}

    private final TlsProvider provider;
    private volatile State inForce;

    private ClientTls(TlsProvider provider, State inForce) {
        this.provider = provider;
        this.inForce = inForce;
    }

    /** Reads the files for the first time; blocks on them. */
    public static ClientTls load(ClientTlsOptions options, TlsProvider provider) throws TlsFileException {
        return new ClientTls(provider, read(options, provider));
    }

    /**
     * Reads the files again; blocks on them. Nothing changes before the answer is taken over.
     *
     * @return empty where everything is as it was
     * @throws TlsFileException when a file cannot be used; what is in force stays
     */
    public Optional<TlsChange> prepare(ClientTlsOptions options) throws TlsFileException {
        State read = read(options, provider);
        if (read.fingerprint().equals(inForce.fingerprint())) {
            ReferenceCountUtil.release(read.context());
            return Optional.empty();
        }
        return Optional.of(new TlsChange() {
            @Override
            public void takeOver() {
                use(read);
            }

            @Override
            public void discard() {
                ReferenceCountUtil.release(read.context());
            }
        });
    }

    private synchronized void use(State next) {
        State before = inForce;
        inForce = next;
        ReferenceCountUtil.release(before.context());
    }

    /**
     * Adds the handlers of a connection to an upstream; called by the pool before it connects. The handlers behind see no
     * {@code channelActive} before the handshake is over.
     *
     * @param timeout for the handshake
     * @param established completed on the event loop when the handshake is over, in whatever way
     */
    public void addHandlers(ChannelPipeline pipeline, Upstream upstream, Duration timeout, Promise<Void> established) {
        SslContext context = acquire();
        try {
            SslHandler handler = context.newHandler(pipeline.channel().alloc(), upstream.host(), upstream.port());
            handler.setHandshakeTimeoutMillis(timeout.toMillis());
            pipeline.addLast(HandlerNames.TLS, handler)
                    .addLast(HandlerNames.TLS_EVENTS, new UpstreamTlsEvents(established));
        } finally {
            ReferenceCountUtil.release(context);
        }
    }

    private SslContext acquire() {
        while (true) {
            State current = inForce;
            try {
                return ReferenceCountUtil.retain(current.context());
            } catch (IllegalReferenceCountException replaced) {
                if (current.equals(inForce)) {
                    throw replaced;
                }
            }
        }
    }

    private static State read(ClientTlsOptions options, TlsProvider provider) throws TlsFileException {
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
            return new State(builder.build(), options + " " + files.fingerprint());
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

    /** Lets go of the native context; for the end of the process. */
    @Override
    public void close() {
        ReferenceCountUtil.release(inForce.context());
    }
}
