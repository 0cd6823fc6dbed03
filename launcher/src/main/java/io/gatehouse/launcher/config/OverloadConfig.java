// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.config;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;

/** What happens when memory runs short. */
public record OverloadConfig(
        @JsonPropertyDescription(
                "Percent of the heap (what a collection leaves) or of direct memory from which connections end"
                        + " after their response.")
        Integer drainAt,

        @JsonPropertyDescription("Percent from which new requests are answered with 503; probes and metrics go on.")
        Integer refuseAt) {
    private static final int LEAST = 10;
    private static final int MOST = 100;

    public OverloadConfig {
        drainAt = Checks.or(drainAt, 92);
        refuseAt = Checks.or(refuseAt, 95);
        new Checks()
                .range("drainAt", drainAt, LEAST, MOST)
                .range("refuseAt", refuseAt, LEAST, MOST)
                .that(
                        drainAt <= refuseAt,
                        "drainAt",
                        drainAt + " is more than refuseAt (" + refuseAt + ")",
                        "lower it or raise refuseAt")
                .done();
    }
}
