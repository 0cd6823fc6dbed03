// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.http1;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.proxy.HttpLimits;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The tables of heads and bodies, each row whole, cut at every byte, and byte by byte. */
class WireTablesTest {
    static Stream<WireCase> requests() {
        return Stream.concat(RequestHeadCases.all(), ChunkedCases.requests());
    }

    static Stream<WireCase> responses() {
        return Stream.concat(ResponseHeadCases.all(), ChunkedCases.responses());
    }

    @ParameterizedTest
    @MethodSource("requests")
    void aRequestIsTakenOrRefusedWhereverItIsCut(WireCase row) {
        Transcript read = EveryCut.requests(HttpLimits.DEFAULT, row.wire());

        assertThat(read.refusal()).as(row.what()).isEqualTo(row.refusal());
        assertThat(read.messages().isEmpty())
                .as("%s: refused as a whole", row.what())
                .isEqualTo(row.refusal() != null);
    }

    @ParameterizedTest
    @MethodSource("responses")
    void aResponseIsTakenOrRefusedWhereverItIsCut(WireCase row) {
        Transcript read = EveryCut.responses(HttpLimits.DEFAULT, row.wire());

        assertThat(read.refusal()).as(row.what()).isEqualTo(row.refusal());
        assertThat(read.messages().isEmpty())
                .as("%s: refused as a whole", row.what())
                .isEqualTo(row.refusal() != null);
    }

    static Stream<String> wholeBodies() {
        return ChunkedCases.whole().keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("wholeBodies")
    void aChunkedBodyIsGivenWithoutItsFraming(String framed) {
        String expected = ChunkedCases.whole().get(framed);

        Transcript request = EveryCut.requests(HttpLimits.DEFAULT, ChunkedCases.REQUEST_HEAD + framed);
        Transcript response = EveryCut.responses(HttpLimits.DEFAULT, ChunkedCases.RESPONSE_HEAD + framed);

        assertThat(request.messages().getFirst().body()).isEqualTo(expected);
        assertThat(response.messages().getFirst().body()).isEqualTo(expected);
    }
}
