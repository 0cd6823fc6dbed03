// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.it;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

/**
 * Says of itself what the UI of a running driver says, at an address of its own and the port that Spark takes, for tests of many drivers
 * that ask nothing else of them.
 */
record UiStandIn(String id, HttpServer server) implements AutoCloseable {
    private static final int PORT = 4040;

    static UiStandIn of(String id) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(Addresses.pick(), PORT), 0);
        byte[] list = """
                [ {
                  "id" : "%s",
                  "name" : "of %s",
                  "attempts" : [ {
                    "startTime" : "2026-11-21T05:38:38.375GMT",
                    "endTime" : "1969-12-31T23:59:59.999GMT",
                    "lastUpdated" : "2026-11-21T05:38:38.375GMT",
                    "duration" : 1,
                    "sparkUser" : "spark",
                    "completed" : false,
                    "appSparkVersion" : "4.3.0",
                    "startTimeEpoch" : 1795239518375,
                    "endTimeEpoch" : -1,
                    "lastUpdatedEpoch" : 1795239518375
                  } ]
                } ]""".formatted(id, server.getAddress().getAddress().getHostAddress())
                .getBytes(StandardCharsets.UTF_8);
        server.createContext("/", exchange -> {
            try (exchange) {
                exchange.getResponseHeaders().set("Content-Type", "application/json");
                exchange.sendResponseHeaders(200, list.length);
                exchange.getResponseBody().write(list);
            }
        });
        server.start();
        return new UiStandIn(id, server);
    }

    /** Where it listens; whatever it is asked, its answer has this in it. */
    String address() {
        return server.getAddress().getAddress().getHostAddress();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
