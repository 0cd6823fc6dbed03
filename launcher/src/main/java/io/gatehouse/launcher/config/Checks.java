// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.config;

import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Collects what a compact constructor finds wrong, so that a section reports all of its mistakes and not the first. Used as
 * {@code new Checks().port("port", port).positive("head", head).done()}.
 */
final class Checks {
    private static final int MAX_PORT = 65535;
    private static final Duration LONGEST = Duration.ofDays(1);

    private final List<Finding> findings = new ArrayList<>();

    /**
     * One mistake in a section.
     *
     * @param key the key below the section, such as {@code port} or {@code management.port}
     */
    record Finding(String key, String what, String remedy) {}

    /** Thrown by {@link #done} and caught by {@link RecordBinder}, which adds the section's path and position. */
    static final class InvalidSectionException extends IllegalArgumentException {
        private final List<Finding> findings;

        private InvalidSectionException(List<Finding> findings) {
            super(findings.toString());
            this.findings = findings;
        }

        List<Finding> findings() {
            return findings;
        }
    }

    /**
     * The value, or the default when the key was left out. Components of the records are declared non-null because they are so once
     * constructed; only {@link RecordBinder} passes null, and only to the constructors that call this.
     */
    static <T> T or(@Nullable T value, T defaultValue) {
        return value == null ? defaultValue : value;
    }

    /** Adds a mistake unless {@code holds}. */
    Checks that(boolean holds, String key, String what, String remedy) {
        if (!holds) {
            findings.add(new Finding(key, what, remedy));
        }
        return this;
    }

    /** A number within bounds, both inclusive. */
    Checks range(String key, int value, int least, int most) {
        return that(
                value >= least && value <= most,
                key,
                value + " is outside " + least + ".." + most,
                "write a number of that range");
    }

    /** A port to listen on; 0 lets the system choose. */
    Checks port(String key, int value) {
        return range(key, value, 0, MAX_PORT);
    }

    /** A size within bounds, both inclusive. */
    Checks range(String key, ByteSize value, ByteSize least, ByteSize most) {
        return that(
                value.bytes() >= least.bytes() && value.bytes() <= most.bytes(),
                key,
                value + " is outside " + least + ".." + most,
                "write a size of that range");
    }

    /** A duration that something waits for: longer than zero, at most a day. */
    Checks positive(String key, Duration value) {
        that(!value.isZero(), key, "must be longer than 0", "write a duration such as 30s");
        return atMostADay(key, value);
    }

    /** A duration that may be zero; at most a day. */
    Checks atMostADay(String key, Duration value) {
        return that(
                value.compareTo(LONGEST) <= 0,
                key,
                Durations.print(value) + " is longer than a day",
                "write 24h or less");
    }

    /** Networks whose word counts: not everybody's. */
    Checks notEverybody(String key, List<Cidr> networks) {
        for (Cidr network : networks) {
            that(
                    network.prefixLength() > 0,
                    key,
                    "'" + network + "' is everybody: any client could claim any address and host",
                    "write the networks of your proxies, such as 10.0.0.0/8");
        }
        return this;
    }

    /** An address to listen on: an IP literal. A host name may have several addresses, or none when the server starts. */
    Checks address(String key, String value) {
        return that(
                isAddress(value),
                key,
                "'" + value + "' is not an IP address",
                "write an IP address without a port or brackets, such as 127.0.0.1, 0.0.0.0 or ::");
    }

    private static boolean isAddress(String value) {
        try {
            return !value.startsWith("[") && InetAddress.ofLiteral(value).getAddress().length > 0;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** Ends the chain; throws when anything was found. */
    void done() {
        if (!findings.isEmpty()) {
            throw new InvalidSectionException(List.copyOf(findings));
        }
    }
}
