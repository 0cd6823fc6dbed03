// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.tls;

import io.gatehouse.proxy.metrics.ListenerMeters;
import io.gatehouse.proxy.net.HandlerNames;
import io.netty.channel.ChannelPipeline;
import java.time.Instant;
import java.util.Optional;

/**
 * TLS of one listener. New connections get the certificates in force; connections that are open keep those they began with, so a
 * change ends none.
 *
 * <p>The handshake runs on the event loop: handing it to other threads would cost more than BoringSSL takes for it. It has no deadline
 * of its own, because the client's first head has one that begins with the connection.
 */
public final class ServerTls implements AutoCloseable {
    private final TlsProvider provider;
    private final InForce<ServerCertificates> inForce;

    private ServerTls(TlsProvider provider, ServerCertificates first) {
        this.provider = provider;
        this.inForce = new InForce<>(first);
    }

    /** Reads the files for the first time; blocks on them. */
    public static ServerTls load(ServerTlsOptions options, TlsProvider provider) throws TlsFileException {
        return new ServerTls(provider, ServerCertificates.read(options, provider));
    }

    /**
     * Reads the files again; blocks on them. Nothing changes before the answer is taken over.
     *
     * @return empty where everything is as it was
     * @throws TlsFileException when a file cannot be used; what is in force stays
     */
    public Optional<TlsChange> prepare(ServerTlsOptions options) throws TlsFileException {
        return inForce.changeTo(ServerCertificates.read(options, provider));
    }

    /** When the first of the certificates in force ceases to be valid. */
    public Instant expiry() {
        return inForce.peek().expiry();
    }

    /** Adds the handlers of a client's connection behind those that are there; called by the listener. */
    public void addHandlers(ChannelPipeline pipeline, ListenerMeters meters) {
        pipeline.addLast(HandlerNames.TLS, new ClientHelloHandler(this))
                .addLast(HandlerNames.TLS_EVENTS, new DownstreamTlsEvents(meters));
    }

    /** The certificates in force, held for the caller, who releases them. */
    ServerCertificates acquire() {
        return inForce.acquire();
    }

    /** Lets go of the certificates; for the end of the process, once no connection begins any more. */
    @Override
    public void close() {
        inForce.close();
    }
}
