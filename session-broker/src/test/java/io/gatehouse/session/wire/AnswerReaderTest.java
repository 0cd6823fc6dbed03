// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.session.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.session.Requests;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AnswerReaderTest {
    private static final String ID = "0f8fad5b-d9cb-469f-a165-70867728950e";

    /** Field numbers as in Spark's base.proto of 4.0 to 4.3. */
    @ParameterizedTest
    @CsvSource({
        "EXECUTE_PLAN,15",
        "ANALYZE_PLAN,15",
        "CONFIG,4",
        "ADD_ARTIFACTS,3",
        "ARTIFACT_STATUS,3",
        "INTERRUPT,3",
        "REATTACH_EXECUTE,15",
        "RELEASE_EXECUTE,3",
        "FETCH_ERROR_DETAILS,3",
        "CLONE_SESSION,2",
        "GET_STATUS,2"
    })
    void theServersNameOfASessionIsReadAtAnyCut(ConnectMethod method, int field) {
        byte[] answer = Requests.of(WireOracle.SESSION)
                .text(field, ID)
                .text(field + 1, "x")
                .framed();

        for (int cut = 0; cut <= answer.length; cut++) {
            AnswerReader reader = new AnswerReader(method);
            assertThat(read(reader, answer, 0, cut) + read(reader, answer, cut, answer.length))
                    .as("cut at %d", cut)
                    .isEqualTo(ID);
        }
    }

    @Test
    void resultsBeforeItAreSkipped() {
        byte[] answer =
                Requests.of(WireOracle.SESSION).bytes(2, 100_000).text(15, ID).framed();

        assertThat(read(new AnswerReader(ConnectMethod.EXECUTE_PLAN), answer, 0, answer.length))
                .isEqualTo(ID);
    }

    @Test
    void itIsSaidOnceAndOfTheFirstMessageAlone() {
        byte[] named = Requests.of(WireOracle.SESSION).text(15, ID).framed();
        byte[] unnamed = Requests.of(WireOracle.SESSION).framed();

        AnswerReader first = new AnswerReader(ConnectMethod.EXECUTE_PLAN);
        assertThat(read(first, named, 0, named.length)).isEqualTo(ID);
        assertThat(read(first, named, 0, named.length)).isEmpty();
        AnswerReader second = new AnswerReader(ConnectMethod.EXECUTE_PLAN);
        assertThat(read(second, unnamed, 0, unnamed.length)).isEmpty();
        assertThat(read(second, named, 0, named.length)).isEmpty();
    }

    @Test
    void whatIsNoUuidIsNoNameAndTheAnswerToAReleaseHasNone() {
        byte[] empty = Requests.of(WireOracle.SESSION).text(4, "").framed();
        byte[] other = Requests.of(WireOracle.SESSION).text(4, "short").framed();
        byte[] released = Requests.of(WireOracle.SESSION).text(2, ID).framed();

        assertThat(read(new AnswerReader(ConnectMethod.CONFIG), empty, 0, empty.length))
                .isEmpty();
        assertThat(read(new AnswerReader(ConnectMethod.CONFIG), other, 0, other.length))
                .isEmpty();
        assertThat(read(new AnswerReader(ConnectMethod.RELEASE_SESSION), released, 0, released.length))
                .isEmpty();
    }

    @Test
    void anAnswerThatCannotBeReadSaysNothing() {
        byte[] compressed = Requests.of(WireOracle.SESSION).text(4, ID).framed();
        compressed[0] = 1;
        byte[] broken = Requests.framed(new byte[] {0, 0, 0});

        for (byte[] answer : List.of(compressed, broken)) {
            AnswerReader reader = new AnswerReader(ConnectMethod.CONFIG);
            assertThat(read(reader, answer, 0, answer.length)).isEmpty();
            assertThat(read(reader, answer, 0, answer.length)).isEmpty();
        }
    }

    private static String read(AnswerReader reader, byte[] answer, int from, int to) {
        ByteBuf bytes = Unpooled.copiedBuffer(Arrays.copyOfRange(answer, from, to));
        try {
            return reader.read(bytes);
        } finally {
            assertThat(bytes.readerIndex()).as("only looked at").isZero();
            bytes.release();
        }
    }
}
