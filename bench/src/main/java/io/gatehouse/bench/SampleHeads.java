// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.bench;

import java.nio.charset.StandardCharsets;

/** Requests as they come to a Spark UI. */
public enum SampleHeads {
    /** The least that anybody sends; 76 bytes. */
    CURL("GET / HTTP/1.1", "Host: localhost:4040", "User-Agent: curl/8.5.0", "Accept: */*"),

    /** A page asked for by a browser of a company; about 800 bytes, a third of them cookies. */
    CHROME(
            "GET /sparkui/spark-7f3a9c12e4/jobs/ HTTP/1.1",
            "Host: spark.data.example.org",
            "Connection: keep-alive",
            "sec-ch-ua: \"Chromium\";v=\"140\", \"Not=A?Brand\";v=\"24\", \"Google Chrome\";v=\"140\"",
            "sec-ch-ua-mobile: ?0",
            "sec-ch-ua-platform: \"Linux\"",
            "Upgrade-Insecure-Requests: 1",
            "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0",
            "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
            "Sec-Fetch-Site: same-origin",
            "Sec-Fetch-Mode: navigate",
            "Accept-Encoding: gzip, deflate, br, zstd",
            "Accept-Language: en-US,en;q=0.9,de;q=0.8",
            "Cookie: _ga=GA1.2.1103948572.1757000000; _gid=GA1.2.99812374.1757000001; sso=eyJhbGciOiJFUzI1NiJ9."
                    + "c29tZS1vcGFxdWUtc2Vzc2lvbi10b2tlbg.0123456789abcdef0123456789abcdef; theme=dark; lang=en"),

    /** What the executors page asks for in the background. */
    EXECUTORS(
            "GET /sparkui/spark-7f3a9c12e4/api/v1/applications/spark-7f3a9c12e4/allexecutors HTTP/1.1",
            "Host: spark.data.example.org",
            "Connection: keep-alive",
            "X-Requested-With: XMLHttpRequest",
            "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
            "Accept: application/json, text/javascript, */*; q=0.01",
            "Referer: https://spark.data.example.org/sparkui/spark-7f3a9c12e4/executors/",
            "Accept-Encoding: gzip, deflate, br",
            "Cookie: sso=0123456789abcdef0123456789abcdef");

    private final String text;

    SampleHeads(String... lines) {
        text = String.join("\r\n", lines) + "\r\n\r\n";
    }

    /** A copy of the head's bytes. */
    public byte[] wire() {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
