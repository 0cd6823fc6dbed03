// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
    private static final JsonFactory JSON = new JsonFactory();
    private static final String HOST_PROPERTY = "spark.driver.host";
    private static final String PORT_PROPERTY = "spark.ui.port";
    private static final Set<String> PROPERTIES = Set.of(HOST_PROPERTY, PORT_PROPERTY);
    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9._:-]{1,253}|\\[[0-9A-Fa-f:.]{2,45}]");
    private static final Pattern PORT = Pattern.compile("[1-9][0-9]{0,4}");
    private static final int PORTS = 16;
    private static final int LAST_PORT = 65535;

    /**
     * Reads the answer to {@code /environment}, which a job can fill with what it likes: nothing of it is kept but the
     * values that count.
     *
     * @param defaultPort where {@code spark.ui.port} is not set, or is no port
     * @return null where it names no host
     */
    static @Nullable DriverAddress parse(byte[] environment, int defaultPort) {
        Map<String, String> properties = new HashMap<>();
        try (JsonParser parser = JSON.createParser(environment)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return null;
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                boolean wanted = parser.currentName().equals("sparkProperties");
                if (parser.nextToken() == JsonToken.START_ARRAY && wanted) {
                    readPairs(parser, properties);
                } else {
                    parser.skipChildren();
                }
            }
        } catch (IOException notJson) {
            return null;
        }
        String host = properties.getOrDefault(HOST_PROPERTY, "");
        if (!HOST.matcher(host).matches()) {
            return null;
        }
        String uiPort = properties.getOrDefault(PORT_PROPERTY, "");
        int first = PORT.matcher(uiPort).matches() ? Integer.parseInt(uiPort) : defaultPort;
        if (first > LAST_PORT) {
            first = defaultPort;
        }
        int end = Math.min(first + PORTS, LAST_PORT + 1);
        return new DriverAddress(host, IntStream.range(first, end).boxed().toList());
    }

    /** Each pair is an array of name and value. Leaves the parser at the end of the array of pairs. */
    private static void readPairs(JsonParser parser, Map<String, String> properties) throws IOException {
        for (JsonToken token = parser.nextToken(); isInside(token); token = parser.nextToken()) {
            if (token == JsonToken.START_ARRAY) {
                readPair(parser, properties);
            } else {
                parser.skipChildren();
            }
        }
    }

    private static void readPair(JsonParser parser, Map<String, String> properties) throws IOException {
        String wanted = null;
        int at = 0;
        for (JsonToken token = parser.nextToken(); isInside(token); token = parser.nextToken()) {
            if (at == 0 && token == JsonToken.VALUE_STRING && PROPERTIES.contains(parser.getText())) {
                wanted = parser.getText();
            } else if (at == 1 && wanted != null && token.isScalarValue()) {
                properties.put(wanted, parser.getText());
            } else {
                parser.skipChildren();
            }
            at++;
        }
    }

    /** Whether this is an element of the array that is being read; null is the end of an answer that was cut off. */
    private static boolean isInside(@Nullable JsonToken token) {
        return token != null && token != JsonToken.END_ARRAY;
    }
}
