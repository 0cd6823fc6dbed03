// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.tls;

import io.gatehouse.proxy.Upstream;
import io.gatehouse.proxy.net.HandlerNames;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Promise;
import java.time.Duration;
import java.util.Optional;

/**
 * TLS to upstreams. A server's certificate is always checked, and so is that it is for the host (RFC 9525; address literals too).
 * New connections get what is in force; those that are open keep what they began with.
 */
public final class ClientTls implements AutoCloseable {
    private final TlsProvider provider;
    private final InForce<ClientContext> inForce;

    private ClientTls(TlsProvider provider, ClientContext first) {
        this.provider = provider;
        this.inForce = new InForce<>(first);
    }

    /** Reads the files for the first time; blocks on them. */
    public static ClientTls load(ClientTlsOptions options, TlsProvider provider) throws TlsFileException {
        return new ClientTls(provider, ClientContext.read(options, provider));
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
        ClientContext held = inForce.acquire();
        try {
            SslHandler handler =
                    held.context().newHandler(pipeline.channel().alloc(), upstream.host(), upstream.port());
            handler.setHandshakeTimeoutMillis(timeout.toMillis());
            pipeline.addLast(HandlerNames.TLS, handler)
                    .addLast(HandlerNames.TLS_EVENTS, new UpstreamTlsEvents(established));
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
