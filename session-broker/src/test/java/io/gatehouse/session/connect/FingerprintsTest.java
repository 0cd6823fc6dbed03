// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.session.connect;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FingerprintsTest {
    private static final int LENGTHS = 40;

    private final Fingerprints fingerprints = new Fingerprints(new SecureRandom());

    /** As the reference implementation has it, of the bytes 0, 1, 2 … with the key 0, 1, … 15. */
    @ParameterizedTest
    @CsvSource({
        "0, a3817f04ba25a8e66df67214c7550293",
        "1, da87c1d86b99af44347659119b22fc45",
        "2, 8177228da4a45dc7fca38bdef60affe4"
    })
    void itIsSipHash(int length, String expected) {
        // Given
        byte[] key = HexFormat.of().parseHex("000102030405060708090a0b0c0d0e0f");
        ByteBuffer words = ByteBuffer.wrap(key).order(ByteOrder.LITTLE_ENDIAN);
        Fingerprints known = new Fingerprints(words.getLong(), words.getLong());

        // When
        Fingerprints.Fingerprint fingerprint = known.of(Shown.inMessage(counting(length)));

        // Then
        byte[] found = ByteBuffer.allocate(16)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(fingerprint.first())
                .putLong(fingerprint.second())
                .array();
        assertThat(HexFormat.of().formatHex(found)).isEqualTo(expected);
    }

    @Test
    void everyBitOfATextCounts() {
        Set<Fingerprints.Fingerprint> found = new HashSet<>();
        int texts = 0;
        for (int length = 0; length < LENGTHS; length++) {
            String text = counting(length);
            found.add(fingerprints.of(Shown.inMessage(text)));
            texts++;
            for (int bit = 0; bit < 7 * length; bit++) {
                StringBuilder other = new StringBuilder(text);
                other.setCharAt(bit / 7, (char) (other.charAt(bit / 7) ^ 1 << (bit % 7)));
                found.add(fingerprints.of(Shown.inMessage(other.toString())));
                texts++;
            }
        }
        assertThat(found).hasSize(texts);
    }

    @Test
    void theSameTextHasTheSameFingerprintInOnePlaceAndProcessOnly() {
        Shown shown = Shown.inMessage("größe");
        assertThat(fingerprints.of(shown)).isEqualTo(fingerprints.of(Shown.inMessage("größe")));
        assertThat(fingerprints.of(shown)).isNotEqualTo(fingerprints.of(Shown.inMessage("gr??e")));
        assertThat(fingerprints.of(shown)).isNotEqualTo(fingerprints.of(new Shown(Shown.Kind.AUTHORIZATION, "größe")));
        assertThat(fingerprints.of(shown)).isNotEqualTo(new Fingerprints(new SecureRandom()).of(shown));
    }

    private static String counting(int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) i;
        }
        return new String(bytes, StandardCharsets.US_ASCII);
    }
}
