// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.http1;

import static io.gatehouse.proxy.http1.Transcript.head;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.proxy.HttpLimits;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConnectionFieldTest {
    private static final int X_HOP = 1;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "X-Hop|true",
                "x-hOP|true",
                "close, X-Hop|true",
                "close,X-Hop,|true",
                ",,\tX-Hop ,|true",
                "close;X-Hop|true",
                "\"X-Hop\"|true",
                "X-Ho|false",
                "X-Hop2|false",
                "X-Ho p|false",
                "close|false",
                "''|false",
            })
    void aFieldIsNamedByAnyTokenOfTheList(String value, boolean named) throws Exception {
        assertThat(ConnectionField.names(request("Connection: " + value), X_HOP))
                .isEqualTo(named);
    }

    @ParameterizedTest
    @CsvSource({"X-Hop,true", "Other,false"})
    void everyConnectionFieldCounts(String second, boolean named) throws Exception {
        assertThat(ConnectionField.names(request("Connection: close\r\nX: 1\r\nconnection: " + second), X_HOP))
                .isEqualTo(named);
    }

    private static RequestHead request(String fields) throws HttpViolation {
        RequestHead head = new RequestHead();
        byte[] wire = Transcript.bytes(head("GET / HTTP/1.1", "Host: a", "X-Hop: 1", fields));
        assertThat(HeadDecoder.forRequests(HttpLimits.DEFAULT).decode(Unpooled.wrappedBuffer(wire), head))
                .isTrue();
        return head;
    }
}
