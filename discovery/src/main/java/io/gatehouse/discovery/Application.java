// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import io.gatehouse.proxy.Upstream;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * One running application as discovery knows it.
 *
 * @param id valid by {@link AppIds}
 * @param source the name of the source that found it
 * @param ui where its driver's UI listens
 * @param listing what its driver says of it; null while that has not been asked or the driver cannot tell
 */
public record Application(
        String id, String source, Upstream ui, @Nullable AppListing listing) {
    public Application {
        if (!AppIds.isValid(id)) {
            throw new IllegalArgumentException("not an application id: " + id);
        }
    }

    /** Whether its UI is named by this very address. One that is named by a host name is not: that may lead elsewhere next time. */
    public boolean isAt(InetAddress address) {
        try {
            return InetAddress.ofLiteral(ui.host()).equals(address);
        } catch (IllegalArgumentException name) {
            return false;
        }
    }

    /** What stands of it in lists: what its driver says, or what discovery knows without it. */
    AppListing shown() {
        return listing == null ? AppListing.unheard(id) : listing;
    }
}
