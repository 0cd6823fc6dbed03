// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.gatehouse.proxy.LocalResponse;
import io.gatehouse.proxy.http1.HttpViolation;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a request for the list asks for, by Spark's own rules: each line was tried on a History Server of Spark 4.3. */
class ListRequestTest {
    private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
    /** The defaults of {@code minDate} and {@code maxDate}. */
    private static final long FROM = Instant.parse("2010-01-01T00:00:00Z").toEpochMilli();

    private static final long UNTIL = Instant.parse("3000-01-01T00:00:00Z").toEpochMilli();

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ''                                   | true  | true  | 2147483647
            ?                                    | true  | true  | 2147483647
            ?status=running                      | false | true  | 2147483647
            ?status=RUNNING                      | false | true  | 2147483647
            ?status=%72unning                    | false | true  | 2147483647
            ?status=Completed                    | true  | false | 2147483647
            ?status=completed&status=running     | true  | true  | 2147483647
            ?status=COMPLETED&status=RuNNing     | true  | true  | 2147483647
            ?status=running&status=running       | false | true  | 2147483647
            ?status=                             | false | false | 2147483647
            ?status=&status=running              | false | true  | 2147483647
            ?Status=running                      | true  | true  | 2147483647
            ?limit=2147483647&status=running     | false | true  | 2147483647
            ?limit=0                             | true  | true  | 0
            ?limit=-1                            | true  | true  | 0
            ?limit=3                             | true  | true  | 3
            ?limit=%33                           | true  | true  | 3
            ?limit=%2B3                          | true  | true  | 3
            ?limit=3&limit=9                     | true  | true  | 3
            ?limit=3&limit=x                     | true  | true  | 3
            ?limit=                              | true  | true  | 2147483647
            ?limit=1&x=%zz                       | true  | true  | 1
            ?minEndDate=2029-01-01               | true  | true  | 2147483647
            ?maxEndDate=                         | true  | true  | 2147483647
            ?maxEndDate=2026-11-22               | true  | true  | 2147483647
            ?maxEndDate=2026-11-21               | true  | false | 2147483647
            ?status=running&maxEndDate=2026-01-01| false | false | 2147483647
            ?maxEndDate=2026-11-21T12:00:00.000GMT   | true | false | 2147483647
            ?maxEndDate=2026-11-21T12:00:00.001GMT   | true | true  | 2147483647
            ?maxEndDate=2026-11-21T12:00:00.001%2B0100 | true | false | 2147483647
            ?maxEndDate=2026-11-21T11:00:00.001-0100 | true | true  | 2147483647
            """)
    void theQueryIsReadAsSparkReadsIt(String query, boolean finished, boolean running, int limit) throws Exception {
        assertThat(read(query))
                .isEqualTo(new ListRequest(
                        finished, running, false, limit, !query.contains("Date=2") && finished, FROM, UNTIL));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ?minDate=2026-01-02                           | 2026-01-02T00:00:00Z     | 3000-01-01T00:00:00Z
            ?maxDate=2026-01-02                           | 2010-01-01T00:00:00Z     | 2026-01-02T00:00:00Z
            ?minDate=2026-01-02&maxDate=2026-01-03        | 2026-01-02T00:00:00Z     | 2026-01-03T00:00:00Z
            ?minDate=2026-01-02&minDate=2026-02-02        | 2026-01-02T00:00:00Z     | 3000-01-01T00:00:00Z
            ?minDate=2026-01-02&minDate=x                 | 2026-01-02T00:00:00Z     | 3000-01-01T00:00:00Z
            ?minDate=&maxDate=                            | 2010-01-01T00:00:00Z     | 3000-01-01T00:00:00Z
            ?minDate=2015-02-20T23:21:17.190GMT           | 2015-02-20T23:21:17.190Z | 3000-01-01T00:00:00Z
            ?minDate=2015-02-20T17:21:17.190-0500         | 2015-02-20T22:21:17.190Z | 3000-01-01T00:00:00Z
            # no zone, so the time is not looked at
            ?minDate=2015-02-20T17:21:17.190              | 2015-02-20T00:00:00Z     | 3000-01-01T00:00:00Z
            ?minDate=2026-02-30zzz                        | 2026-03-02T00:00:00Z     | 3000-01-01T00:00:00Z
            """)
    void datesAreReadAsSparkReadsThem(String query, Instant from, Instant until) throws Exception {
        ListRequest request = read(query);
        assertThat(Instant.ofEpochMilli(request.startedFrom())).isEqualTo(from);
        assertThat(Instant.ofEpochMilli(request.startedUntil())).isEqualTo(until);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ?minDate=xx                  | 400 | Couldn't parse date: xx
            ?maxDate=2026                | 400 | Couldn't parse date: 2026
            ?minEndDate=20-x             | 400 | Couldn't parse date: 20-x
            ?maxEndDate=%20              | 400 | "Couldn't parse date:  "
            ?status=foo                  | 404 | Not a value of status: foo
            ?status=running%20           | 404 | "Not a value of status: running "
            ?status=running&status=x     | 404 | Not a value of status: x
            ?limit=abc                   | 404 | Not a value of limit: abc
            ?limit=99999999999           | 404 | Not a value of limit: 99999999999
            ?limit=+3                    | 404 | Not a value of limit:  3
            ?limit=abc&minDate=xx        | 400 | Couldn't parse date: xx
            """, quoteCharacter = '"')
    void whatSparkRefusesIsRefused(String query, int status, String text) {
        assertThatExceptionOfType(InvalidListRequestException.class)
                .isThrownBy(() -> read(query))
                .satisfies(refused -> {
                    LocalResponse answer = refused.answer();
                    assertThat(answer.status()).isEqualTo(status);
                    assertThat(answer.contentType()).startsWith("text/plain");
                    assertThat(new String(answer.body(), StandardCharsets.UTF_8))
                            .isEqualTo(text);
                });
    }

    @Test
    void aLongWrongValueIsNotRepeatedWhole() {
        assertThatExceptionOfType(InvalidListRequestException.class)
                .isThrownBy(() -> read("?minDate=" + "x".repeat(5000)))
                .satisfies(refused -> assertThat(refused.answer().body().length).isLessThan(200));
    }

    @Test
    void theHistoryServersFirstPageAsksForFinishedOnesAndGetsBoth() throws Exception {
        // Given
        String target = "?limit=2147483647&status=completed";

        // When
        ListRequest page = read(target, "X-Requested-With: XMLHttpRequest");
        ListRequest program = read(target);
        ListRequest other = read("?status=running", "X-Requested-With: XMLHttpRequest");

        // Then
        AppListing listing = SparkJson.listing("app-1", "x", null);
        assertThat(page.includesRunning()).isTrue();
        assertThat(page.entry(listing)).isSameAs(listing.pageJson());
        assertThat(program.includesRunning()).isFalse();
        assertThat(other.entry(listing)).isSameAs(listing.json());
    }

    private static ListRequest read(String query, String... fields) throws HttpViolation, InvalidListRequestException {
        return ListRequest.of(Heads.get("/api/v1/applications" + query, fields), NOW);
    }
}
