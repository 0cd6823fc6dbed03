// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.exchange;

import io.gatehouse.proxy.http1.HeaderName;
import io.gatehouse.proxy.http1.RequestHead;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;

/** The {@code Via} field (RFC 9110 section 7.6.3): each process has a pseudonym, so a request that comes back is known. */
public final class Via {
    private Via() {}

    /** The value for one process. */
    public static String newValue() {
        return "1.1 gatehouse-"
                + HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt());
    }

    static boolean isLoop(RequestHead head, String own) {
        for (int field = 0; field < head.fieldCount(); field++) {
            if (head.name(field) == HeaderName.VIA && head.value(field).contains(own)) {
                return true;
            }
        }
        return false;
    }
}
