// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.proxy.Upstream;
import io.gatehouse.proxy.testkit.PipelineTable;
import io.gatehouse.proxy.testkit.ProxyUnderTest;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The README's table and the pipeline of an upstream's connection say the same. */
class UpstreamPipelineTest {
    @Test
    void theHandlersStandInTheReadmeInTheirOrder() throws Exception {
        assertThat(handlers(new Upstream("127.0.0.1", 1)))
                .startsWith(PipelineTable.handlersByDefault("ui", 3).toArray(String[]::new));
    }

    @Test
    void anUpstreamThatWantsTlsHasItsHandlersBeforeThem() throws Exception {
        assertThat(handlers(Upstream.secure("127.0.0.1", 1)))
                .startsWith(PipelineTable.handlers("ui", 3).toArray(String[]::new));
    }

    private static List<String> handlers(Upstream upstream) throws Exception {
        try (ProxyUnderTest proxy = new ProxyUnderTest(ProxyUnderTest.allTo(1))) {
            LoopContext loop = proxy.runtime().anyContext();
            EmbeddedChannel channel = new EmbeddedChannel();
            // Not active while the handlers are added: nothing but the order is looked at.
            channel.close();
            loop.upstreamPool()
                    .addHandlers(
                            channel.pipeline(),
                            upstream,
                            new Http1BackendHandler(loop, upstream, loop.upstreamPool()),
                            loop.eventLoop().newPromise());
            List<String> names = channel.pipeline().names();
            channel.pipeline().remove(Http1BackendHandler.class);
            channel.finishAndReleaseAll();
            return names;
        }
    }
}
