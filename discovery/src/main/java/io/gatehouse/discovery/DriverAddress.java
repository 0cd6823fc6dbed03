// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Where a job says that its driver is. The word of whoever submitted it, so a host is nothing but a name or an address, and
 * a port nothing but a number.
 *
 * @param ports where its UI may listen: Spark takes one of the next fifteen where the first is taken
 *     ({@code spark.port.maxRetries}), and does not say which
 */
record DriverAddress(String host, List<Integer> ports) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9._:-]{1,253}|\\[[0-9A-Fa-f:.]{2,45}]");
    private static final Pattern PORT = Pattern.compile("[1-9][0-9]{0,4}");
    private static final int PORTS = 16;
    private static final int LAST_PORT = 65535;

    /**
     * Reads the answer to {@code /environment}.
     *
     * @param defaultPort where {@code spark.ui.port} is not set, or is no port
     * @return null where it names no host
     */
    static @Nullable DriverAddress parse(byte[] environment, int defaultPort) {
        Map<String, String> properties = new HashMap<>();
        try {
            for (JsonNode pair : JSON.readTree(environment).path("sparkProperties")) {
                properties.put(pair.path(0).asText(), pair.path(1).asText());
            }
        } catch (IOException notJson) {
            return null;
        }
        String host = properties.getOrDefault("spark.driver.host", "");
        if (!HOST.matcher(host).matches()) {
            return null;
        }
        String uiPort = properties.getOrDefault("spark.ui.port", "");
        int first = PORT.matcher(uiPort).matches() ? Integer.parseInt(uiPort) : defaultPort;
        if (first > LAST_PORT) {
            first = defaultPort;
        }
        int end = Math.min(first + PORTS, LAST_PORT + 1);
        return new DriverAddress(host, IntStream.range(first, end).boxed().toList());
    }
}
