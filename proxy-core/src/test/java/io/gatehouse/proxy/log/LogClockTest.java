// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class LogClockTest {
    @Test
    void secondsChangeAndGoBack() {
        AtomicReference<Instant> now = new AtomicReference<>();
        LogClock clock = new LogClock(new Clock() {
            @Override
            public ZoneId getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
                return this;
            }

            @Override
            public Instant instant() {
                return now.get();
            }
        });
        for (String time : new String[] {
            "2026-01-01T00:00:00.000Z",
            "2026-01-01T00:00:00.001Z",
            "2026-01-01T00:00:00.999Z",
            "2026-01-01T00:00:01.010Z",
            "2025-12-31T23:59:59.100Z",
            "2028-02-29T12:00:00.000Z",
            "1969-12-31T23:59:59.999Z"
        }) {
            now.set(Instant.parse(time));
            assertThat(new String(clock.now(), StandardCharsets.US_ASCII)).isEqualTo(time);
        }
    }
}
