// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.session.local;

import java.io.IOException;
import java.util.List;

/**
 * The loopback ports of the demo's Spark processes.
 *
 * @param historyServer 18080 by habit
 * @param runningApplication the Spark UI of the running application; not 4040, which is Gatehouse's own
 * @param connectServers the Spark Connect servers, not at 15002, which is Gatehouse's own; empty where Spark has none
 */
public record DemoPorts(int historyServer, int runningApplication, List<ConnectServer> connectServers) {

    /** Copies the list. */
    public DemoPorts {
        connectServers = List.copyOf(connectServers);
    }

    /**
     * The usual ports, or others where those are taken.
     *
     * @param withConnect whether the Spark at hand has Connect servers to run, see {@link SparkDistribution#hasConnect()}
     */
    public static DemoPorts pick(FreePorts ports, boolean withConnect) throws IOException {
        return new DemoPorts(
                ports.pick(18080),
                ports.pick(4050),
                withConnect ? List.of(connectServer(ports, 1), connectServer(ports, 2)) : List.of());
    }

    private static ConnectServer connectServer(FreePorts ports, int number) throws IOException {
        return new ConnectServer("connect-server-" + number, ports.pick(15002 + number), ports.pick(4050 + number));
    }
}
