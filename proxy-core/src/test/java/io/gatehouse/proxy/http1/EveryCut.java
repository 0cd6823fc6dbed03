// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.http1;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.proxy.HttpLimits;
import java.util.stream.IntStream;

/** Feeds the same bytes whole, in two parts cut at every single byte, and byte by byte. */
final class EveryCut {
    private EveryCut() {}

    /** What all ways of cutting {@code input} agree on. */
    static Transcript requests(HttpLimits limits, String input) {
        return agreed(cuts -> MessageReader.requests(limits, Transcript.bytes(input), cuts), input.length());
    }

    /** The same for responses. */
    static Transcript responses(HttpLimits limits, String input) {
        return agreed(cuts -> MessageReader.responses(limits, Transcript.bytes(input), cuts), input.length());
    }

    private interface Reading {
        Transcript cutAt(int... cuts);
    }

    private static Transcript agreed(Reading reading, int length) {
        Transcript whole = reading.cutAt();
        for (int cut = 1; cut < length; cut++) {
            assertThat(reading.cutAt(cut)).as("cut after %d bytes", cut).isEqualTo(whole);
        }
        assertThat(reading.cutAt(IntStream.range(1, Math.max(1, length)).toArray()))
                .as("byte by byte")
                .isEqualTo(whole);
        return whole;
    }
}
