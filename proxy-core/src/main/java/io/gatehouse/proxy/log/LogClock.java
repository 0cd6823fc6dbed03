// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.log;

import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** RFC 3339 time in UTC with milliseconds; formats a second once. Only one event loop touches it. */
public final class LogClock {
    private static final int MILLIS_AT = "2026-01-01T00:00:00.".length();

    private final Clock clock;
    private final byte[] text = "2026-01-01T00:00:00.000Z".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    private long second = Long.MIN_VALUE;

    public LogClock(Clock clock) {
        this.clock = clock;
    }

    /** The present time; the array is used again by the next call. */
    public byte[] now() {
        long millis = clock.millis();
        long wanted = Math.floorDiv(millis, 1000L);
        if (wanted != second) {
            second = wanted;
            String formatted = Instant.ofEpochSecond(wanted)
                    .truncatedTo(ChronoUnit.SECONDS)
                    .toString();
            for (int i = 0; i < MILLIS_AT - 1; i++) {
                text[i] = (byte) formatted.charAt(i);
            }
        }
        int fraction = (int) Math.floorMod(millis, 1000L);
        text[MILLIS_AT] = (byte) ('0' + fraction / 100);
        text[MILLIS_AT + 1] = (byte) ('0' + fraction / 10 % 10);
        text[MILLIS_AT + 2] = (byte) ('0' + fraction % 10);
        return text;
    }
}
