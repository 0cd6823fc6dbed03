// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.http1;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Eight bytes at a time must say what the table says one by one, for every byte at every place. */
class HttpBytesTest {
    private static final int LENGTH = 21;

    @Test
    void aValueIsOneWhereEachOfItsBytesIs() {
        byte[] bytes = new byte[LENGTH];
        for (int place = 0; place < LENGTH; place++) {
            for (int value = 0; value < 256; value++) {
                for (byte around : new byte[] {'a', ' ', '\t', '!', '~', (byte) 0x80, (byte) 0xff}) {
                    Arrays.fill(bytes, around);
                    bytes[place] = (byte) value;
                    assertThat(HttpBytes.areFieldValue(bytes, 0, LENGTH))
                            .as("%02x at %d", value, place)
                            .isEqualTo(HttpBytes.isFieldValue((byte) value));
                }
            }
        }
    }

    @Test
    void bytesOutsideTheValueDoNotCount() {
        byte[] bytes = new byte[LENGTH];
        for (int start = 0; start < LENGTH; start++) {
            for (int end = start; end <= LENGTH; end++) {
                Arrays.fill(bytes, (byte) 0);
                Arrays.fill(bytes, start, end, (byte) 'a');
                assertThat(HttpBytes.areFieldValue(bytes, start, end)).isTrue();
            }
        }
    }

    @Test
    void theFirstLineFeedIsFound() {
        byte[] bytes = new byte[LENGTH];
        for (int first = 0; first < LENGTH; first++) {
            for (int around = 0; around < 256; around++) {
                if (around == HttpBytes.LF) {
                    continue;
                }
                Arrays.fill(bytes, (byte) around);
                bytes[first] = HttpBytes.LF;
                bytes[LENGTH - 1] = HttpBytes.LF;
                for (int start = 0; start <= first; start++) {
                    assertThat(HttpBytes.indexOfLf(bytes, start, LENGTH)).isEqualTo(first);
                    assertThat(HttpBytes.indexOfLf(bytes, start, first)).isEqualTo(first);
                }
            }
        }
    }
}
