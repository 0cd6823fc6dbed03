// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.admin;

import io.gatehouse.proxy.LocalResponse;

/** Port: what the admin calls do. The launcher implements it; called on a virtual thread, so it may block. */
public interface AdminActions {
    /** Loads the configuration again; 200 with what changed, 422 with what is wrong. */
    LocalResponse reload();

    /** The levels that were set, as a JSON object. */
    LocalResponse logLevels();

    /** Sets a level from {@code {"logger": "io.gatehouse", "level": "debug"}}; a null level is inherited. */
    LocalResponse setLogLevel(byte[] json);

    /** Makes the server not ready and lets answers end their connections, without an end; false takes that back. */
    LocalResponse drain(boolean wanted);
}
