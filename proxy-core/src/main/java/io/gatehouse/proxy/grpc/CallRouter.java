// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.grpc;

import io.netty.util.AsciiString;
import java.util.Set;

/** Port: says what becomes of calls. Safe for any thread. */
public interface CallRouter {
    /** A client has connected. */
    Connection connect();

    /** Names, in lower case, of metadata that no server gets from a client: credentials, and what only we may say. */
    Set<AsciiString> withheldMetadata();

    /** What is known of one client connection: whose the last credential was, say. On one event loop only. */
    interface Connection {
        /** A call has begun. Called on the event loop; never blocks. */
        CallInspector begin(CallHead head);
    }
}
