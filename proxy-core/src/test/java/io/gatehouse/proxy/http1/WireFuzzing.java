// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.http1;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.proxy.HttpLimits;
import java.util.Arrays;

/** What the fuzz targets have in common: how they cut their input. */
final class WireFuzzing {
    private static final HttpLimits LIMITS = new HttpLimits(128, 512, 8);

    private WireFuzzing() {}

    /** Reads requests whole and cut in two; both must agree. The first byte of {@code input} says where to cut. */
    static Transcript requests(byte[] input) {
        byte[] wire = wire(input);
        Transcript whole = MessageReader.requests(LIMITS, wire);
        assertThat(MessageReader.requests(LIMITS, wire, cut(input))).isEqualTo(whole);
        return whole;
    }

    /** The same for responses. */
    static Transcript responses(byte[] input) {
        byte[] wire = wire(input);
        Transcript whole = MessageReader.responses(LIMITS, wire);
        assertThat(MessageReader.responses(LIMITS, wire, cut(input))).isEqualTo(whole);
        return whole;
    }

    private static byte[] wire(byte[] input) {
        return Arrays.copyOfRange(input, Math.min(1, input.length), input.length);
    }

    private static int cut(byte[] input) {
        return input.length == 0 ? 0 : (input[0] & 0xff) % input.length;
    }
}
