// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.it;

import io.gatehouse.session.local.FreePorts;
import java.io.IOException;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports on loopback that nobody has, for programs that listen a while later: below those that systems give to whoever asks for any port,
 * which others do by the dozen meanwhile.
 */
public final class LowPorts {
    private static final int FIRST = 20_000;
    private static final int BEHIND_LAST = 32_000;

    private final FreePorts ports = new FreePorts();

    /** One that it has not given yet. */
    public int pick() throws IOException {
        return ports.pick(ThreadLocalRandom.current().nextInt(FIRST, BEHIND_LAST));
    }
}
