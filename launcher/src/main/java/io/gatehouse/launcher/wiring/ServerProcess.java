// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.wiring;

import io.gatehouse.launcher.ReadyFile;
import io.gatehouse.launcher.cli.ExitCodes;
import io.gatehouse.launcher.cli.Launch;
import io.gatehouse.launcher.cli.Server;
import io.gatehouse.launcher.config.DrainConfig;
import io.gatehouse.launcher.config.GatehouseConfig;
import io.gatehouse.proxy.takeover.Handover;
import io.gatehouse.proxy.takeover.TakeoverSocket;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs a server for the life of the process: until SIGTERM, SIGINT or a successor, and then to an orderly end. */
public final class ServerProcess implements Server {
    private static final Logger LOG = LoggerFactory.getLogger(ServerProcess.class);

    private final ProcessContext context;
    private final String version;

    public ServerProcess(ProcessContext context, String version) {
        this.context = context;
        this.version = version;
    }

    @Override
    public int run(Kind kind, Launch launch) throws Exception {
        StopSignal stop = new StopSignal();
        try {
            if (kind == Kind.DEMO) {
                new Demo(context, version).run(launch, stop);
            } else {
                serve(launch, stop, kind == Kind.TAKEOVER);
            }
            return ExitCodes.OK;
        } finally {
            stop.ended();
        }
    }

    private void serve(Launch launch, StopSignal stop, boolean takeover) throws IOException, InterruptedException {
        GatehouseConfig config = launch.config();
        if (launch.readyFile() != null) {
            ReadyFile.check(launch.readyFile());
        }
        try (Succession succession = Succession.begin(config, takeover);
                GatehouseServer server =
                        GatehouseServer.prepare(launch, version, context.out(), List::of, succession.sockets())) {
            succession.complete(server, stop::isStopping);
            AtomicReference<@Nullable Handover> handover = new AtomicReference<>();
            TakeoverSocket successors = succession.await(server, ready -> {
                handover.set(ready);
                stop.stop();
            });
            ReadyNote note = ready(launch.readyFile(), server, Map.of());
            try (note;
                    successors) {
                stop.await();
                // First: whoever reads the file would send requests to a listener that is about to close, or would find
                // the file of the next process gone.
                note.close();
                end(server, config.drain(), successors, handover);
            }
        }
    }

    /** The end by a signal, or by a process that took over. */
    private static void end(
            GatehouseServer server,
            DrainConfig drain,
            @Nullable TakeoverSocket successors,
            AtomicReference<@Nullable Handover> handover)
            throws InterruptedException {
        if (successors != null) {
            // No descriptor may be on its way when listeners close: another file could have its number.
            successors.close();
        }
        Handover successor = handover.get();
        if (successor == null) {
            server.drain(drain);
        } else {
            server.stopAccepting();
            successor.confirm();
            server.drainAfterHandover(drain);
        }
    }

    /** Writes the ready file where one is wanted; closing takes it away again. */
    static ReadyNote ready(@Nullable Path file, GatehouseServer server, Map<String, ?> more) throws IOException {
        if (file == null) {
            return () -> {};
        }
        ReadyFile ready = ReadyFile.write(
                file, server.urls(), more, ProcessHandle.current().pid());
        return () -> {
            try {
                ready.close();
            } catch (IOException e) {
                LOG.atWarn().addKeyValue("problem", e.toString()).log("the ready file cannot be removed");
            }
        };
    }

    /** A ready file that stands; closing takes it away, and never fails: what is in flight must end in order all the same. */
    @FunctionalInterface
    interface ReadyNote extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * Turns the JVM's shutdown into an event that the main thread waits for; the JVM then waits for the main thread. A
     * second signal does nothing: the drain has a deadline of its own.
     */
    static final class StopSignal {
        private final CountDownLatch stopping = new CountDownLatch(1);
        private final CountDownLatch over = new CountDownLatch(1);
        private @Nullable Thread interruptible;

        StopSignal() {
            Runtime.getRuntime().addShutdownHook(new Thread(this::onShutdown, "shutdown"));
        }

        private void onShutdown() {
            stop();
            try {
                over.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        /** The same as the signal, without the end of the JVM: the main thread ends by itself. Any thread may call. */
        synchronized void stop() {
            stopping.countDown();
            if (interruptible != null) {
                interruptible.interrupt();
            }
        }

        /** Waits for the signal. */
        void await() throws InterruptedException {
            stopping.await();
        }

        /**
         * Until it is closed, the signal also interrupts the calling thread, for work that waits for other things than the
         * signal. Work that must not be cut short, a drain above all, comes after the close; it meets no late interrupt.
         */
        synchronized Interruption interruption() {
            interruptible = Thread.currentThread();
            if (isStopping()) {
                interruptible.interrupt();
            }
            return () -> {
                synchronized (this) {
                    interruptible = null;
                    if (isStopping()) {
                        Thread.interrupted();
                    }
                }
            };
        }

        /** A time in which the signal interrupts. */
        @FunctionalInterface
        interface Interruption extends AutoCloseable {
            @Override
            void close();
        }

        boolean isStopping() {
            return stopping.getCount() == 0;
        }

        /** The main thread is done; the JVM may go. */
        void ended() {
            over.countDown();
        }
    }
}
