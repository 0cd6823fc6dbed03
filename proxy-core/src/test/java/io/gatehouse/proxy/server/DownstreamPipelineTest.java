// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.proxy.Authenticator;
import io.gatehouse.proxy.HttpLimits;
import io.gatehouse.proxy.Service;
import io.gatehouse.proxy.TrustedProxies;
import io.gatehouse.proxy.exchange.ListenerContext;
import io.gatehouse.proxy.exchange.LoopContext;
import io.gatehouse.proxy.grpc.CallRouter;
import io.gatehouse.proxy.net.LastResortHandler;
import io.gatehouse.proxy.testkit.PipelineTable;
import io.gatehouse.proxy.testkit.ProxyUnderTest;
import io.gatehouse.proxy.testkit.TestPki;
import io.gatehouse.proxy.tls.ClientCertificates;
import io.gatehouse.proxy.tls.ServerTls;
import io.gatehouse.proxy.tls.ServerTlsOptions;
import io.gatehouse.proxy.tls.TlsProvider;
import io.gatehouse.proxy.tls.TlsVersion;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.AsciiString;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The README's table and the pipeline of a client's connection say the same. */
class DownstreamPipelineTest {
    /** Nothing is called here. */
    private static final CallRouter NO_CALLS = new CallRouter() {
        @Override
        public Connection connect() {
            return head -> {
                throw new AssertionError("nobody calls");
            };
        }

        @Override
        public Set<AsciiString> withheldMetadata() {
            return Set.of();
        }
    };

    @ParameterizedTest
    @ValueSource(strings = {"ui", "connect", "management"})
    void theHandlersStandInTheReadmeInTheirOrder(String listener) throws Exception {
        assertThat(handlers(listener, null, null))
                .startsWith(PipelineTable.handlersByDefault(listener, 1).toArray(String[]::new));
    }

    @ParameterizedTest
    @ValueSource(strings = {"ui", "connect", "management"})
    void thoseThatNeedConfiguringStandAmongThem(String listener, @TempDir Path folder) throws Exception {
        // Given
        ServerTlsOptions options = new ServerTlsOptions(
                List.of(TestPki.files(folder, "own", new TestPki().issue("a.example"))),
                ClientCertificates.NONE,
                null,
                TlsVersion.V1_2);
        try (ServerTls tls = ServerTls.load(options, TlsProvider.best())) {
            // When
            List<String> handlers = handlers(listener, tls, listener.equals("management") ? null : address -> true);

            // Then
            assertThat(handlers).startsWith(PipelineTable.handlers(listener, 1).toArray(String[]::new));
        }
    }

    private static List<String> handlers(
            String listener, @Nullable ServerTls tls, @Nullable Predicate<InetAddress> proxyProtocolFrom)
            throws Exception {
        try (ProxyUnderTest proxy = new ProxyUnderTest(ProxyUnderTest.allTo(1))) {
            ListenerSpec spec = new ListenerSpec(
                    listener,
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                    new ListenerLimits(HttpLimits.DEFAULT, 1, 0),
                    false,
                    false,
                    listener.equals("connect")
                            ? new Service.Grpc(NO_CALLS)
                            : new Service.Http(Authenticator.ANYONE, ProxyUnderTest.allTo(1)),
                    tls,
                    proxyProtocolFrom,
                    TrustedProxies.NONE);
            LoopContext loop = proxy.runtime().anyContext();
            ListenerContext context = new ListenerContext(
                    listener,
                    spec.scheme(),
                    HttpLimits.DEFAULT,
                    false,
                    false,
                    proxy.runtime().environment());
            EmbeddedChannel channel = new EmbeddedChannel();
            // Not active while the handlers are added: nothing but the order is looked at.
            channel.close();
            HttpListener.addHandlers(
                    channel.pipeline(),
                    spec,
                    new ConnectionLimitHandler(spec, context.meters()),
                    context,
                    proxy.runtime().grpc(loop.eventLoop()),
                    new LastResortHandler());
            return channel.pipeline().names();
        }
    }
}
