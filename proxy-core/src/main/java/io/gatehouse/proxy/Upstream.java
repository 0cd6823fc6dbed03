// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy;

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

/**
 * A server that requests are forwarded to. Made by discovery and configuration only, never from anything a client sent.
 * Connections are pooled per scheme, TLS settings and authority; two upstreams that are equal share them.
 */
public final class Upstream {
    private final boolean secure;
    private final String tlsSettings;
    private final String host;
    private final int port;
    private final String authority;
    private final byte[] authorityBytes;
    private final InetSocketAddress address;
    private final int hash;

    /**
     * One that is spoken to without TLS.
     *
     * @param host a name or an address; IPv6 without brackets
     * @param port 1 to 65535
     */
    public Upstream(String host, int port) {
        this(false, "", host, port);
    }

    /** One that is spoken to with TLS, and never without. */
    public static Upstream secure(String host, int port) {
        return secure(host, port, "");
    }

    /**
     * The same with settings of its own: which CAs count, which certificate is shown.
     *
     * @param tlsSettings their name, see {@code ClientTls.use}; {@code ""} for those of all upstreams
     */
    public static Upstream secure(String host, int port, String tlsSettings) {
        return new Upstream(true, tlsSettings, host, port);
    }

    private Upstream(boolean secure, String tlsSettings, String host, int port) {
        if (host.isEmpty() || port < 1 || port > 65535) {
            throw new IllegalArgumentException(
                    "an upstream needs a host and a port between 1 and 65535: " + host + " " + port);
        }
        this.secure = secure;
        this.tlsSettings = tlsSettings;
        this.host = host;
        this.port = port;
        this.authority = host.indexOf(':') >= 0 ? "[" + host + "]:" + port : host + ":" + port;
        this.authorityBytes = authority.getBytes(StandardCharsets.US_ASCII);
        // Names are resolved when a connection is made, on the event loop's resolver.
        this.address = InetSocketAddress.createUnresolved(host, port);
        this.hash = authority.hashCode();
    }

    /** Whether it is spoken to with TLS. */
    public boolean isSecure() {
        return secure;
    }

    /** The name of the TLS settings that hold for it; {@code ""} for those of all upstreams. */
    public String tlsSettings() {
        return tlsSettings;
    }

    public String host() {
        return host;
    }

    public int port() {
        return port;
    }

    /** {@code host:port} as it stands in a Host field; for logs too, never for answers. */
    public String authority() {
        return authority;
    }

    /** {@link #authority()} in ASCII; not to be changed. */
    public byte[] authorityBytes() {
        return authorityBytes;
    }

    /** The address, not resolved yet. */
    public InetSocketAddress address() {
        return address;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Upstream that
                && secure == that.secure
                && port == that.port
                && host.equals(that.host)
                && tlsSettings.equals(that.tlsSettings);
    }

    @Override
    public int hashCode() {
        return hash;
    }

    @Override
    public String toString() {
        return authority;
    }
}
