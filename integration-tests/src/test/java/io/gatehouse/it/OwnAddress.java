// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.it;

import io.gatehouse.session.local.ChildCommand;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Lets a driver listen at a loopback address of its own, as one in a pod does, where {@link io.gatehouse.session.local.LocalSpark} has
 * all of them at 127.0.0.1 and gives each a port.
 */
final class OwnAddress {
    private static final String ONLY_IPV4 = "-Djava.net.preferIPv4Stack=true";
    private static final String CONF = "--conf";

    private OwnAddress() {}

    /**
     * Another command for the same driver.
     *
     * @param driver whose UI is off where it has no port; then its UI takes one as Spark does by itself, 4040 or one of the next
     * @param address IPv4 or IPv6; of IPv6 only the UI is, for Spark's own ports are of no interest here
     */
    static ChildCommand of(ChildCommand driver, String address) {
        boolean ipv6 = address.contains(":");
        Map<String, String> settings = new LinkedHashMap<>();
        if (!ipv6) {
            settings.put("spark.driver.host", address);
            settings.put("spark.driver.bindAddress", address);
        }
        if (driver.command().contains("spark.ui.enabled=false")) {
            settings.put("spark.ui.enabled", "true");
            settings.put("spark.port.maxRetries", "16");
        }
        List<String> command = new ArrayList<>(driver.command());
        if (ipv6) {
            command.remove(ONLY_IPV4);
        }
        // Of two settings of one name the later one counts.
        int behindSettings = command.lastIndexOf(CONF) + 2;
        settings.forEach((key, value) -> command.addAll(behindSettings, List.of(CONF, key + "=" + value)));
        Map<String, String> environment = new HashMap<>(driver.environment());
        environment.put("SPARK_LOCAL_IP", address);
        return new ChildCommand(driver.name(), command, environment, driver.workingDirectory());
    }
}
