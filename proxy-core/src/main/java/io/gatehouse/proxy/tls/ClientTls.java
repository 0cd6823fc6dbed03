// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.tls;

import io.gatehouse.proxy.Upstream;
import io.gatehouse.proxy.net.HandlerNames;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Promise;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * TLS to upstreams. A server's certificate is always checked, and so is that it is for the host (RFC 9525; address literals too).
 * New connections get what is in force; those that are open keep what they began with.
 */
public final class ClientTls implements AutoCloseable {
    private final TlsProvider provider;
    private final InForce<ClientContext> inForce;
    private volatile Map<String, ClientTls> others = Map.of();

    private ClientTls(TlsProvider provider, ClientContext first) {
        this.provider = provider;
        this.inForce = new InForce<>(first);
    }

    /** Reads the files for the first time; blocks on them. */
    public static ClientTls load(ClientTlsOptions options, TlsProvider provider) throws TlsFileException {
        return new ClientTls(provider, ClientContext.read(options, provider));
    }

    /**
     * Says which settings hold for upstreams that name some ({@link Upstream#tlsSettings}); a name that is missing here lets no
     * connection be made. The caller closes them, once nothing names them any more.
     */
    public void use(Map<String, ClientTls> byName) {
        others = Map.copyOf(byName);
    }

    /**
     * Reads the files again; blocks on them. Nothing changes before the answer is taken over.
     *
     * @return empty where everything is as it was
     * @throws TlsFileException when a file cannot be used; what is in force stays
     */
    public Optional<TlsChange> prepare(ClientTlsOptions options) throws TlsFileException {
        return inForce.changeTo(ClientContext.read(options, provider));
    }

    /**
     * Adds the handlers of a connection to an upstream; called by the pool before it connects. The handlers behind see no
     * {@code channelActive} before the handshake is over.
     *
     * @param timeout for the handshake
     * @param established completed on the event loop when the handshake is over, in whatever way
     */
    public void addHandlers(ChannelPipeline pipeline, Upstream upstream, Duration timeout, Promise<Void> established) {
        addHandlers(pipeline, upstream, timeout, established, false);
    }

    /** The same for a connection on which HTTP/2 is spoken; the handshake fails where the server does not choose it. */
    public void addHttp2Handlers(
            ChannelPipeline pipeline, Upstream upstream, Duration timeout, Promise<Void> established) {
        addHandlers(pipeline, upstream, timeout, established, true);
    }

    private void addHandlers(
            ChannelPipeline pipeline, Upstream upstream, Duration timeout, Promise<Void> established, boolean http2) {
        String settings = upstream.tlsSettings();
        ClientTls named = settings.isEmpty() ? this : others.get(settings);
        if (named == null) {
            throw new IllegalStateException("no TLS settings " + settings);
        }
        named.addOwnHandlers(pipeline, upstream, timeout, established, http2);
    }

    private void addOwnHandlers(
            ChannelPipeline pipeline, Upstream upstream, Duration timeout, Promise<Void> established, boolean http2) {
        ClientContext held = inForce.acquire();
        try {
            SslContext context = http2 ? held.http2() : held.http1();
            SslHandler handler = context.newHandler(pipeline.channel().alloc(), upstream.host(), upstream.port());
            handler.setHandshakeTimeoutMillis(timeout.toMillis());
            pipeline.addLast(HandlerNames.TLS, handler)
                    .addLast(HandlerNames.TLS_EVENTS, new UpstreamTlsEvents(established, http2 ? handler : null));
        } finally {
            held.release();
        }
    }

    /** Lets go of the native context; for the end of the process. */
    @Override
    public void close() {
        inForce.close();
    }
}
