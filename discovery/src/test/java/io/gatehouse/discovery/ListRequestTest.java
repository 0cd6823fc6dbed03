// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.proxy.http1.HttpViolation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a request for the list asks for, by Spark's own rules. */
class ListRequestTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ''                                   | true  | true  | 2147483647
            ?                                    | true  | true  | 2147483647
            ?status=running                      | false | true  | 2147483647
            ?status=RUNNING                      | false | true  | 2147483647
            ?status=%72unning                    | false | true  | 2147483647
            ?status=completed                    | true  | false | 2147483647
            ?status=completed&status=running     | true  | true  | 2147483647
            ?limit=2147483647&status=running     | false | true  | 2147483647
            ?limit=0                             | true  | true  | 0
            ?limit=-1                            | true  | true  | 0
            ?limit=3                             | true  | true  | 3
            ?limit=%33                           | true  | true  | 3
            ?limit=3&limit=9                     | true  | true  | 3
            ?limit=                              | true  | true  | 2147483647
            ?limit=99999999999                   | true  | true  | 2147483647
            ?limit=1&x=%zz                       | true  | true  | 1
            ?minDate=2026-01-01                  | true  | false | 2147483647
            ?status=running&maxEndDate=2026-01-01| false | false | 2147483647
            """)
    void theQueryIsReadAsSparkReadsIt(String query, boolean finished, boolean running, int limit) throws HttpViolation {
        ListRequest request = ListRequest.of(Heads.get("/api/v1/applications" + query));
        assertThat(request).isEqualTo(new ListRequest(finished, running, false, limit));
    }

    @Test
    void theHistoryServersFirstPageAsksForFinishedOnesAndGetsBoth() throws HttpViolation {
        // Given
        String target = "/api/v1/applications?limit=2147483647&status=completed";

        // When
        ListRequest page = ListRequest.of(Heads.get(target, "X-Requested-With: XMLHttpRequest"));
        ListRequest program = ListRequest.of(Heads.get(target));
        ListRequest other =
                ListRequest.of(Heads.get("/api/v1/applications?status=running", "X-Requested-With: XMLHttpRequest"));

        // Then
        AppListing listing = SparkJson.listing("app-1", "x", null);
        assertThat(page.includesRunning()).isTrue();
        assertThat(page.entry(listing)).isSameAs(listing.pageJson());
        assertThat(program.includesRunning()).isFalse();
        assertThat(other.entry(listing)).isSameAs(listing.json());
    }
}
