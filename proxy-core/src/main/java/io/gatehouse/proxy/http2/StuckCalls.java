// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.http2;

import io.gatehouse.proxy.net.MemoryPressure.Level;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Which calls of a connection give way where memory is short: those that hold data which nobody takes. Each holds little, but there may
 * be any number of them, and whoever refuses new calls for their sake punishes the others.
 */
final class StuckCalls {
    /** How long a reader may rest, however short memory is. */
    static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(5);

    private StuckCalls() {}

    /** Asked at each beat: the one that has been stuck longest, and all of them where new calls are refused. */
    static List<GrpcExchange> givingWay(List<GrpcExchange> calls, Level level, long nowNanos) {
        Comparator<GrpcExchange> longest = Comparator.comparingLong(call -> call.stuckNanos(nowNanos));
        return calls.stream()
                .filter(call -> call.stuckNanos(nowNanos) > PATIENCE_NANOS)
                .sorted(longest.reversed())
                .limit(
                        switch (level) {
                            case NONE -> 0;
                            case DRAIN -> 1;
                            case REFUSE -> calls.size();
                        })
                .toList();
    }
}
