// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.session.local;

import java.io.IOException;

/**
 * The loopback ports of the demo's Spark processes.
 *
 * @param historyServer 18080 by habit
 * @param runningApplication the Spark UI of the running application; not 4040, which is Gatehouse's own
 */
public record DemoPorts(int historyServer, int runningApplication) {

    /** The usual ports, or others where those are taken. */
    public static DemoPorts pick(FreePorts ports) throws IOException {
        return new DemoPorts(ports.pick(18080), ports.pick(4050));
    }
}
