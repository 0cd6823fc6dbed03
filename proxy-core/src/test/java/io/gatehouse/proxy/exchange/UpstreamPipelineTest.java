// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.proxy.Upstream;
import io.gatehouse.proxy.net.LastResortHandler;
import io.gatehouse.proxy.testkit.PipelineTable;
import io.gatehouse.proxy.testkit.ProxyUnderTest;
import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.Test;

/** The README's table and the pipeline of an upstream's connection say the same. */
class UpstreamPipelineTest {
    @Test
    void theHandlersStandInTheReadmeInTheirOrder() throws Exception {
        try (ProxyUnderTest proxy = new ProxyUnderTest(ProxyUnderTest.allTo(1))) {
            LoopContext loop = proxy.runtime().anyContext();
            EmbeddedChannel channel = new EmbeddedChannel();
            // Not active while the handlers are added: nothing but the order is looked at.
            channel.close();
            UpstreamPool.addHandlers(
                    channel.pipeline(),
                    new Http1BackendHandler(loop, new Upstream("127.0.0.1", 1), loop.upstreamPool()),
                    new LastResortHandler());
            assertThat(channel.pipeline().names())
                    .startsWith(PipelineTable.handlers("ui", 3).toArray(String[]::new));
        }
    }
}
