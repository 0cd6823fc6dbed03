// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.wiring;

import io.gatehouse.launcher.config.ReloadResult;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.netty4.NettyAllocatorMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.buffer.PooledByteBufAllocator;
import java.time.Instant;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;

/** The registry of the process with what every process shows: JVM, allocator, build, reloads. */
final class Metrics implements AutoCloseable {
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final JvmGcMetrics gc = new JvmGcMetrics();
    private final AtomicLong lastReloadSeconds = new AtomicLong();

    Metrics(String version, Instant started) {
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ClassLoaderMetrics().bindTo(registry);
        gc.bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
        new FileDescriptorMetrics().bindTo(registry);
        new NettyAllocatorMetrics(PooledByteBufAllocator.DEFAULT).bindTo(registry);
        Gauge.builder("gatehouse.build.info", () -> 1)
                .description("Always 1; the labels say what runs")
                .tag("version", version)
                .tag("jdk", Runtime.version().toString())
                .register(registry);
        lastReloadSeconds.set(started.getEpochSecond());
        Gauge.builder("gatehouse.config.last.reload.success.timestamp.seconds", lastReloadSeconds, AtomicLong::get)
                .description("When the configuration in force was taken over")
                .register(registry);
    }

    PrometheusMeterRegistry registry() {
        return registry;
    }

    /** Counts an attempt to reload. */
    void reloaded(ReloadResult result) {
        Counter.builder("gatehouse.config.reloads")
                .description("Attempts to reload the configuration")
                .tag("result", result.outcome().name().toLowerCase(Locale.ROOT))
                .register(registry)
                .increment();
        if (result.outcome() != ReloadResult.Outcome.FAILED) {
            lastReloadSeconds.set(result.at().getEpochSecond());
        }
    }

    @Override
    public void close() {
        gc.close();
        registry.close();
    }
}
