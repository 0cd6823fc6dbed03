// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.session.local;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Map;

/**
 * A Spark Connect server to run in local mode: the input of {@link LocalSpark#connectServer}.
 *
 * @param name of the child process, and Spark's name for the application
 * @param port for gRPC, on loopback
 * @param uiPort for its Spark UI, on loopback
 * @param configuration more {@code spark.*} settings; {@code spark.driver.memory} is the heap
 */
public record ConnectServer(String name, int port, int uiPort, Map<String, String> configuration) {

    /** Copies the settings. */
    public ConnectServer {
        configuration = Map.copyOf(configuration);
    }

    /** With nothing special. */
    public ConnectServer(String name, int port, int uiPort) {
        this(name, port, uiPort, Map.of());
    }

    /** Where its Spark UI answers. */
    public URI uri() {
        return URI.create("http://127.0.0.1:" + uiPort + "/");
    }

    /** Where it takes gRPC calls, as HTTP/2 without TLS. */
    public URI grpc() {
        return URI.create("http://127.0.0.1:" + port);
    }

    /** The same, to connect to. */
    InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }
}
