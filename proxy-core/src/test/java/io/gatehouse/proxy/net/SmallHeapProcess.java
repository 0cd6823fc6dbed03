// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.net;

import io.gatehouse.proxy.LocalResponse;
import io.gatehouse.proxy.RouteDecision;
import io.gatehouse.proxy.testkit.ProxyUnderTest;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/** A listener with a guard in a JVM with a small heap; fills it with live data or garbage as its standard input says. */
final class SmallHeapProcess {
    /** What the lines begin with that answer a command. */
    static final String MARK = "> ";

    /** With room below for what lives anyway, and above for the work of refusing. */
    private static final OverloadThresholds THRESHOLDS = new OverloadThresholds(75, 80);

    private static final int BLOCK = 64 << 10;
    private static final int LIVE_BLOCKS = 320;
    private static final int GARBAGE_BLOCKS = 16_000;

    private final JvmMemoryReadings readings = new JvmMemoryReadings(PooledByteBufAllocator.DEFAULT);
    private final List<byte[]> live = new ArrayList<>();
    private final ProxyUnderTest proxy;

    private SmallHeapProcess() throws Exception {
        proxy = ProxyUnderTest.with(
                        (head, _, principal) -> new RouteDecision.Answer("test", LocalResponse.text(200, "ok")))
                .loops(1)
                .start();
        new MemoryGuard(readings, proxy.runtime().memoryPressure(), () -> THRESHOLDS, System::nanoTime).start();
    }

    public static void main(String[] arguments) throws Exception {
        SmallHeapProcess process = new SmallHeapProcess();
        say("" + process.proxy.address().getPort());
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        for (String command = in.readLine(); command != null; command = in.readLine()) {
            switch (command) {
                case "churn" -> say(process.churn());
                case "fill" -> say(process.fill());
                case "release" -> {
                    process.live.clear();
                    say("released");
                }
                default -> throw new IllegalArgumentException(command);
            }
        }
    }

    private static void say(String line) {
        System.out.println(MARK + line);
    }

    /** Keeps 20 MiB alive, each block for long enough to grow old, and throws a gigabyte away. */
    private String churn() throws InterruptedException {
        ArrayDeque<byte[]> young = new ArrayDeque<>();
        int most = 0;
        int refused = 0;
        for (int i = 0; i < GARBAGE_BLOCKS; i++) {
            young.addLast(new byte[BLOCK]);
            if (young.size() > LIVE_BLOCKS) {
                young.removeFirst();
            }
            most = Math.max(most, readings.heapPercent());
            refused += proxy.runtime().memoryPressure().level() == MemoryPressure.Level.NONE ? 0 : 1;
            if (i % 4 == 0) {
                Thread.sleep(1);
            }
        }
        return "in use at most: " + (most >= THRESHOLDS.refuseAt() ? "above the threshold" : most + " %")
                + ", refused: " + refused;
    }

    /** Until what lives is a few points above the threshold. */
    private String fill() throws InterruptedException {
        long share = Runtime.getRuntime().maxMemory() / 100;
        while (readings.lastCollection().livePercent() < THRESHOLDS.refuseAt() + 3) {
            readings.collect();
            Thread.sleep(50);
            int missing = THRESHOLDS.refuseAt() + 4 - readings.lastCollection().livePercent();
            for (long bytes = missing * share; bytes > 0; bytes -= BLOCK) {
                live.add(new byte[BLOCK]);
            }
        }
        return "filled";
    }
}
