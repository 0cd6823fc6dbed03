// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.proxy.Upstream;
import io.netty.buffer.ByteBuf;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.ImmediateEventExecutor;
import io.netty.util.concurrent.Promise;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The first thing that an upstream sees of us. */
class ClientTlsTest {
    static Stream<TlsProvider> providers() {
        return Stream.of(TlsProvider.boringSsl(), TlsProvider.jdk());
    }

    @ParameterizedTest
    @MethodSource("providers")
    void theServersNameStandsInTheClientHello(TlsProvider provider) throws Exception {
        assertThat(hello(provider, "history.example")).contains("history.example");
    }

    @ParameterizedTest
    @MethodSource("providers")
    void anAddressDoesNot(TlsProvider provider) throws Exception {
        assertThat(hello(provider, "192.0.2.17")).doesNotContain("192.0.2.17");
    }

    private static String hello(TlsProvider provider, String host) throws TlsFileException {
        try (ClientTls tls = ClientTls.load(ClientTlsOptions.DEFAULT, provider)) {
            EmbeddedChannel channel = new EmbeddedChannel();
            Promise<Void> established = ImmediateEventExecutor.INSTANCE.newPromise();
            tls.addHandlers(channel.pipeline(), Upstream.secure(host, 443), Duration.ofSeconds(5), established);
            ByteBuf sent = channel.readOutbound();
            String text = sent.toString(StandardCharsets.ISO_8859_1);
            sent.release();
            channel.close();
            channel.finishAndReleaseAll();
            assertThat(established.isDone())
                    .as("the handshake ended with the channel")
                    .isTrue();
            assertThat(established.isSuccess()).isFalse();
            return text;
        }
    }
}
