// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.gatehouse.proxy.exchange.UpstreamClient;
import io.gatehouse.proxy.testkit.ProxyUnderTest;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** What sources need to run, and a registry that they report to. Deadlines of about a second. */
final class SourceFixture implements AutoCloseable {
    static final Duration INTERVAL = Duration.ofMillis(100);

    private final ProxyUnderTest proxy = ProxyUnderTest.quick(ProxyUnderTest.allTo(1));
    final UpstreamClient client = new UpstreamClient(proxy.runtime()::anyContext);
    final ScheduledThreadPoolExecutor scheduler = new ScheduledThreadPoolExecutor(1);
    final AppRegistry registry = new AppRegistry(new SimpleMeterRegistry());
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final Logger logger = (Logger) LoggerFactory.getLogger("io.gatehouse.discovery");

    SourceFixture() throws IOException {
        log.start();
        logger.addAppender(log);
    }

    List<String> ids() {
        return registry.get().applications().stream().map(Application::id).toList();
    }

    /** How many lines of at least WARN there are. */
    long warnings() {
        return List.copyOf(log.list).stream()
                .filter(event -> event.getLevel().toInt()
                        >= ch.qos.logback.classic.Level.convertAnSLF4JLevel(Level.WARN)
                                .toInt())
                .count();
    }

    long logged(String message) {
        return List.copyOf(log.list).stream()
                .filter(event -> event.getMessage().equals(message))
                .count();
    }

    @Override
    public void close() {
        registry.close();
        scheduler.shutdownNow();
        proxy.close();
        logger.detachAppender(log);
    }
}
