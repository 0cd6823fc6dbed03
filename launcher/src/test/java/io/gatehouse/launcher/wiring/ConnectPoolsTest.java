// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.wiring;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.gatehouse.launcher.config.ConfigLoader;
import io.gatehouse.launcher.config.GatehouseConfig;
import io.gatehouse.proxy.ErrorType;
import io.gatehouse.proxy.grpc.UnaryCalls.Reply;
import io.gatehouse.session.PoolSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Which pool is the default when the configuration changes. */
class ConnectPoolsTest {
    private static final String A = "{name: a, servers: [{url: http://a:1}]}";
    private static final String B = "{name: b, servers: [{url: http://b:1}]}";
    private static final String C = "{name: c, servers: [{url: http://c:1}]}";

    @TempDir
    Path directory;

    private final Logger logger = (Logger) LoggerFactory.getLogger(ConnectPools.class);
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();

    @BeforeEach
    void listen() {
        log.start();
        logger.addAppender(log);
    }

    @AfterEach
    void listenNoMore() {
        logger.detachAppender(log);
    }

    @Test
    void theOnlyPoolStaysTheDefaultWhenAnotherOneComes() throws IOException {
        ConnectPools pools = open(A);
        assertThat(byDefault(pools)).isEqualTo("a");

        reload(pools, A + ", " + B);
        assertThat(byDefault(pools)).isEqualTo("a");
        reload(pools, A + ", " + B + ", " + C);
        assertThat(byDefault(pools)).isEqualTo("a");

        assertThat(log.list).first().satisfies(event -> {
            assertThat(event.getLevel()).isEqualTo(Level.WARN);
            assertThat(event.getMessage()).contains("connect.defaultPool");
        });
    }

    @Test
    void oneThatIsConfiguredCounts() throws IOException {
        ConnectPools pools = open(A);

        reload(pools, A + ", " + B, "connect: {defaultPool: b}\n");
        assertThat(byDefault(pools)).isEqualTo("b");
        reload(pools, A + ", " + B);

        assertThat(byDefault(pools)).as("somebody took it away").isNull();
        assertThat(log.list).isEmpty();
    }

    @Test
    void ofSeveralNoneTakesThePlaceOfOneThatLeaves() throws IOException {
        ConnectPools pools = open(A);

        reload(pools, B + ", " + C);

        assertThat(byDefault(pools)).isNull();
    }

    @Test
    void severalFromTheStartHaveNone() throws IOException {
        assertThat(byDefault(open(A + ", " + B))).isNull();
    }

    private ConnectPools open(String pools) throws IOException {
        return new ConnectPools(
                load(pools, ""),
                (server, path, metadata, message, timeout) ->
                        CompletableFuture.completedFuture(new Reply.Failed(ErrorType.CONNECTION_REFUSED)),
                () -> 0);
    }

    private void reload(ConnectPools pools, String list) throws IOException {
        reload(pools, list, "");
    }

    private void reload(ConnectPools pools, String list, String more) throws IOException {
        pools.readAgain(load(list, more)).takeOver().run();
    }

    private GatehouseConfig load(String pools, String more) throws IOException {
        Path file = Files.writeString(directory.resolve("gatehouse.yaml"), more + "pools: [" + pools + "]\n");
        return new ConfigLoader(Map.of()).load(file);
    }

    private static @Nullable String byDefault(ConnectPools pools) {
        PoolSpec pool = pools.table().byDefault();
        return pool == null ? null : pool.name();
    }
}
