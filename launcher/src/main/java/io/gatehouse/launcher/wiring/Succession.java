// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.wiring;

import com.sun.security.auth.module.UnixSystem;
import io.gatehouse.launcher.config.GatehouseConfig;
import io.gatehouse.launcher.config.TakeoverConfig;
import io.gatehouse.proxy.takeover.Handover;
import io.gatehouse.proxy.takeover.InheritedSockets;
import io.gatehouse.proxy.takeover.Predecessor;
import io.gatehouse.proxy.takeover.TakeoverPatience;
import io.gatehouse.proxy.takeover.TakeoverSocket;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * When this process takes the place of another, and when another takes its place; how the sockets pass is
 * {@code io.gatehouse.proxy.takeover}'s matter. Used by {@link ServerProcess} on the main thread, in this order:
 * {@link #begin}, {@link #sockets}, {@link #complete}, {@link #await successors}.
 */
final class Succession implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Succession.class);

    /** So long, whoever connects waits, rather than to hear that no application is running. */
    private static final Duration FIRST_LOOK = Duration.ofSeconds(2);

    /** A source that has not looked by then is not worth keeping the old process for. */
    private static final Duration FIRST_LOOK_OF_A_SUCCESSOR = Duration.ofSeconds(15);

    private static final Duration STEP = Duration.ofMillis(20);

    private final @Nullable Path path;
    private final @Nullable Predecessor predecessor;

    private Succession(@Nullable Path path, @Nullable Predecessor predecessor) {
        this.path = path;
        this.predecessor = predecessor;
    }

    /**
     * Receives the sockets of the process that runs, where one is wanted and there is one.
     *
     * @throws IOException when a takeover cannot be; the process that runs goes on
     */
    static Succession begin(GatehouseConfig config, boolean wanted) throws IOException, InterruptedException {
        TakeoverConfig takeover = config.takeover();
        Path path = takeover.socket();
        if (path == null) {
            if (wanted) {
                throw new IOException("--takeover needs takeover.socket in the configuration, the same as that of the"
                        + " process that runs; or restart that one without --takeover");
            }
            return new Succession(null, null);
        }
        // Also without --takeover: what would keep the next process from taking over is said now.
        TakeoverSocket.check(GatehouseServer.transport(config.transport()), path, uid(), wanted);
        Predecessor predecessor = wanted ? Predecessor.find(path, uid(), TakeoverPatience.DEFAULT) : null;
        if (wanted && predecessor == null) {
            LOG.atWarn().addKeyValue("socket", path).log("nobody to take over from; starting as usual");
        }
        return new Succession(path, predecessor);
    }

    private static int uid() {
        return (int) new UnixSystem().getUid();
    }

    /** What the old process gave; empty when there is none. */
    InheritedSockets sockets() {
        return predecessor == null ? InheritedSockets.none() : predecessor.sockets();
    }

    /**
     * Waits until the server can serve, lets the old process stop accepting, and begins to accept. Without an old process,
     * probes are answered meanwhile.
     *
     * @param stopping whether this process was told to end meanwhile
     * @throws IOException when the old process goes on and this one has to end
     */
    void complete(GatehouseServer server, BooleanSupplier stopping) throws IOException, InterruptedException {
        if (predecessor == null) {
            server.acceptProbes();
            awaitFirstLook(server, stopping, FIRST_LOOK);
            server.accept();
            return;
        }
        awaitFirstLook(server, stopping, FIRST_LOOK_OF_A_SUCCESSOR);
        if (stopping.getAsBoolean()) {
            throw new IOException("told to end before it had taken over; the process that runs goes on");
        }
        Predecessor.End end = predecessor.ready();
        if (end == Predecessor.End.SILENT) {
            LOG.atWarn()
                    .addKeyValue("pid", predecessor.pid())
                    .log("the old process does not say that it stopped; if it goes on to accept, end it");
        }
        server.accept();
        predecessor.close();
        LOG.atInfo()
                .addKeyValue("pid", predecessor.pid())
                .addKeyValue("old", end)
                .log("took over");
    }

    private static void awaitFirstLook(GatehouseServer server, BooleanSupplier stopping, Duration patience)
            throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (!server.registry().unsynced().isEmpty() && !stopping.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                LOG.atWarn()
                        .addKeyValue("sources", server.registry().unsynced())
                        .addKeyValue("waited", patience)
                        .log("serving although not every source has looked for applications");
                return;
            }
            Thread.sleep(STEP);
        }
    }

    /**
     * Listens for a process that takes over, where the configuration names a socket.
     *
     * @param ready told on an event loop, at most once
     * @return null where there is no such socket, or where this process took over and cannot have one: it serves all the same
     */
    @Nullable
    TakeoverSocket await(GatehouseServer server, Consumer<Handover> ready) throws IOException {
        if (path == null) {
            return null;
        }
        try {
            return TakeoverSocket.open(
                    server.runtime().eventLoops().next(),
                    path,
                    uid(),
                    TakeoverPatience.DEFAULT,
                    predecessor != null,
                    server::sockets,
                    ready);
        } catch (IOException e) {
            if (predecessor == null) {
                throw e;
            }
            LOG.atError().addKeyValue("problem", e.getMessage()).log("the next process cannot take over from this one");
            return null;
        }
    }

    /** Without {@link #complete}, the old process goes on. */
    @Override
    public void close() {
        if (predecessor != null) {
            predecessor.close();
        }
    }
}
