// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.tls;

import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslProvider;

/**
 * Whose TLS it is. BoringSSL where its native library loads, because its handshakes and its bytes cost less processor time and its
 * engine leaves less to collect; the JDK's elsewhere, with the same behaviour, which the tests of both hold.
 *
 * @param name for the start-up banner
 */
public record TlsProvider(String name, SslProvider ssl) {
    /** The best one that this machine has. */
    public static TlsProvider best() {
        return OpenSsl.isAvailable() ? boringSsl() : jdk();
    }

    /** BoringSSL, by netty-tcnative; its engines and contexts are counted, so none of them waits for a finalizer. */
    public static TlsProvider boringSsl() {
        return new TlsProvider("boringssl", SslProvider.OPENSSL_REFCNT);
    }

    public static TlsProvider jdk() {
        return new TlsProvider("jdk", SslProvider.JDK);
    }
}
