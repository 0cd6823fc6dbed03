// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.proxy.Authenticator;
import io.gatehouse.proxy.HttpLimits;
import io.gatehouse.proxy.exchange.Http1FrontendHandler;
import io.gatehouse.proxy.exchange.ListenerContext;
import io.gatehouse.proxy.net.LastResortHandler;
import io.gatehouse.proxy.testkit.PipelineTable;
import io.gatehouse.proxy.testkit.ProxyUnderTest;
import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The README's table and the pipeline of a client's connection say the same. */
class DownstreamPipelineTest {
    @ParameterizedTest
    @ValueSource(strings = {"ui", "management"})
    void theHandlersStandInTheReadmeInTheirOrder(String listener) throws Exception {
        try (ProxyUnderTest proxy = new ProxyUnderTest(ProxyUnderTest.allTo(1))) {
            ListenerContext context = new ListenerContext(
                    listener,
                    HttpLimits.DEFAULT,
                    false,
                    false,
                    Authenticator.ANYONE,
                    ProxyUnderTest.allTo(1),
                    proxy.runtime().environment());
            EmbeddedChannel channel = new EmbeddedChannel();
            // Not active while the handlers are added: nothing but the order is looked at.
            channel.close();
            HttpListener.addHandlers(
                    channel.pipeline(),
                    new ConnectionLimitHandler(new ListenerLimits(HttpLimits.DEFAULT, 1, 0), context.meters()),
                    new Http1FrontendHandler(context, proxy.runtime().anyContext()),
                    new LastResortHandler());
            assertThat(channel.pipeline().names())
                    .startsWith(PipelineTable.handlers(listener, 1).toArray(String[]::new));
        }
    }
}
