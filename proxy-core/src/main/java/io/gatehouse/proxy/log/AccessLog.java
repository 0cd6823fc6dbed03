// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.log;

import io.micrometer.core.instrument.Counter;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes finished lines from the event loops and writes them from a thread of its own, so that a slow disk or terminal
 * never holds up a request.
 *
 * <p>Each event loop fills a block and hands it over when it is full and at each beat. At most {@value #BLOCKS_WAITING}
 * blocks wait; what comes on top is dropped and counted, and the log says so.
 */
public final class AccessLog implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AccessLog.class);
    private static final int BLOCK_SIZE = 32 << 10;
    private static final int BLOCKS_WAITING = 128;
    private static final long CLOSE_MILLIS = 2_000;

    private record Block(byte[] bytes, int length, int lines) {}

    private static final Block END = new Block(new byte[0], 0, 0);

    private final BlockingQueue<Block> queue = new ArrayBlockingQueue<>(BLOCKS_WAITING);
    private final BlockingQueue<byte[]> spare = new ArrayBlockingQueue<>(16);
    private final Counter dropped;
    private final @Nullable OutputStream output;
    private final @Nullable Thread writer;

    private AccessLog(@Nullable OutputStream output, Counter dropped) {
        this.output = output;
        this.dropped = dropped;
        this.writer = output == null
                ? null
                : Thread.ofPlatform().daemon().name("access-log").start(this::writeBlocks);
    }

    /** Writes to {@code output}, which it then owns. */
    public static AccessLog to(OutputStream output, Counter dropped) {
        return new AccessLog(output, dropped);
    }

    /** Writes nothing; exchanges are not even encoded. */
    public static AccessLog off(Counter dropped) {
        return new AccessLog(null, dropped);
    }

    /** A sink for one event loop. */
    public Sink newSink() {
        return new Sink();
    }

    /** Writes what is waiting, then closes the output. Lines that sinks still hold are not among it. */
    @Override
    public void close() {
        if (writer == null) {
            return;
        }
        try {
            // Not for ever: an output that is stuck must not hold up the end of the process.
            if (queue.offer(END, CLOSE_MILLIS, TimeUnit.MILLISECONDS)) {
                writer.join(CLOSE_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void writeBlocks() {
        OutputStream out = output;
        if (out == null) {
            return;
        }
        boolean failing = false;
        try (out) {
            for (Block block = queue.take(); block.lines > 0; block = queue.take()) {
                failing = write(block, out, failing);
                spare.offer(block.bytes);
            }
        } catch (IOException e) {
            LOG.atError().setCause(e).log("the access log could not be closed");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Goes on after a failure, as the next block may find room again; returns whether this one was lost. */
    private boolean write(Block block, OutputStream out, boolean failedBefore) {
        try {
            out.write(block.bytes, 0, block.length);
            if (queue.isEmpty()) {
                out.flush();
            }
            return false;
        } catch (IOException e) {
            dropped.increment(block.lines);
            if (!failedBefore) {
                LOG.atError().setCause(e).log("the access log cannot be written; its lines are dropped until it can");
            }
            return true;
        }
    }

    /** Collects the lines of one event loop; only that loop touches it. */
    public final class Sink {
        private final JsonLine line = new JsonLine(this);
        private byte[] block = new byte[0];
        private int used;
        private int lines;

        private Sink() {}

        /** Whether lines go anywhere. */
        public boolean isOn() {
            return output != null;
        }

        /** An empty line to fill; complete it with {@link JsonLine#end()} before the next. */
        public JsonLine line() {
            return line.begin();
        }

        void append(byte[] bytes, int length) {
            if (used + length > block.length) {
                handOver();
                byte[] empty = length > BLOCK_SIZE ? null : spare.poll();
                block = empty == null ? new byte[Math.max(BLOCK_SIZE, length)] : empty;
            }
            System.arraycopy(bytes, 0, block, used, length);
            used += length;
            lines++;
        }

        /** Gives the writer what there is. Called at each beat and when the block is full. */
        public void handOver() {
            if (used == 0) {
                return;
            }
            if (!queue.offer(new Block(block, used, lines))) {
                dropped.increment(lines);
            }
            block = new byte[0];
            used = 0;
            lines = 0;
        }
    }
}
