// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which application an entry of the History Server's list belongs to, however it is written. */
class EntryIdTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", quoteCharacter = '`', textBlock = """
            {"id":"app-1_x.Y"}                          | app-1_x.Y
            {   "id"  :  "app-1" , "x" : 1 }         | app-1
            {"id":"app-1","id":"app-2"}                 | app-1
            {"name":"\\"id\\":\\"no\\"","id":"app-1"}       | app-1
            {"x":{"id":"no"},"id":"app-1"}              | app-1
            {"id":7,"id":"app-1"}                       | app-1
            {"id":{"id":"no"},"id":"app-1"}             | app-1
            {"id":"app\\u002d1"}                         | app-1
            {"\\u0069d":"app-1"}                         | app-1
            {"id":"é"}                                  | é
            {"id":"a\\"b"}                               | a"b
            {"id":""}                                   | ``
            {"idx":"no","id":"app-1"}                   | app-1
            {"id":null}                                 | -
            {"id":["no"]}                               | -
            {"Id":"no"}                                 | -
            {}                                          | -
            {"id" "no"}                                 | -
            {"id":no}                                   | -
            {"id                                        | -
            {"id"                                       | -
            {"id":                                      | -
            {"id":"no                                   | -
            """)
    void theFirstFieldOfThatNameWithATextCounts(String entry, String id) {
        byte[] bytes = SparkJson.bytes(entry);
        assertThat(EntryId.of(bytes, bytes.length)).isEqualTo(id);
    }

    @Test
    void whatLiesBehindTheEntryIsNotRead() {
        byte[] bytes = SparkJson.bytes("{\"id\":\"app-1\"}");
        for (int length = 1; length < bytes.length - 1; length++) {
            assertThat(EntryId.of(bytes, length)).isNull();
        }
    }
}
