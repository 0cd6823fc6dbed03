// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.identity;

import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the log once that something of the identity provider fails, and once that it works again. Safe for any thread. */
final class Outage {
    private static final Logger LOG = LoggerFactory.getLogger(Outage.class);

    private final String what;
    private final AtomicBoolean lasts = new AtomicBoolean();

    /** @param what of the provider: an address, no secret */
    Outage(String what) {
        this.what = what;
    }

    /** @param problem without anything that a client or the provider has sent, but for addresses and codes */
    void began(String problem) {
        if (lasts.compareAndSet(false, true)) {
            LOG.atWarn()
                    .addKeyValue("what", what)
                    .addKeyValue("problem", problem)
                    .log("the identity provider does not answer as it should; what is known stays in use");
        }
    }

    void ended() {
        if (lasts.compareAndSet(true, false)) {
            LOG.atInfo().addKeyValue("what", what).log("the identity provider answers again");
        }
    }
}
