// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.testkit;

import java.io.IOException;
import java.net.ServerSocket;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports on loopback that nobody has, for programs that listen a while later. They are below those that systems give to whoever asks for
 * any port, which others do by the dozen meanwhile; and those of one test JVM are no other's, for the build has several at a time.
 *
 * <p>Whoever binds at once asks the system, with port 0.
 */
public final class TestPorts {
    /** Behind the well-known ones, and those that Spark and Gatehouse have by habit. */
    static final int FIRST = 20_000;

    /** Linux gives away those from 32,768, others from 49,152. */
    static final int BEHIND_LAST = 32_000;

    /** How many JVMs the range is for; the build has as many as {@code gatehouse.test.jvms} in the POM says. */
    static final int JVMS = 4;

    static final int EACH = (BEHIND_LAST - FIRST) / JVMS;

    private final int first;
    private final Set<Integer> given = new HashSet<>();

    /** Of this JVM. */
    public TestPorts() {
        this(jvm());
    }

    /** Of one of the build's test JVMs, which are counted from 1. */
    TestPorts(int jvm) {
        if (jvm < 1 || jvm > JVMS) {
            throw new IllegalArgumentException("test JVM " + jvm + " of " + JVMS);
        }
        this.first = FIRST + (jvm - 1) * EACH;
    }

    /** Which of the build's test JVMs this is, for what each must have for itself; 1 where there is only one, as in an IDE. */
    public static int jvm() {
        return Integer.parseInt(System.getProperty("gatehouse.test.jvm", "1"));
    }

    /** One that it has not given yet. */
    public synchronized int pick() throws IOException {
        while (given.size() < EACH) {
            int port = first + ThreadLocalRandom.current().nextInt(EACH);
            if (given.add(port) && isFree(port)) {
                return port;
            }
        }
        throw new IOException("no port is left from " + first);
    }

    /** Nobody listens there at any address: whoever is at one of them is in the way of who wants all. */
    private static boolean isFree(int port) {
        try (ServerSocket everywhere = new ServerSocket(port, 1)) {
            return everywhere.isBound();
        } catch (IOException taken) {
            return false;
        }
    }
}
