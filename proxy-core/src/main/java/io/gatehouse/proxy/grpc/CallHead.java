// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.grpc;

import io.gatehouse.proxy.ClientInfo;
import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;

/** The request head of a call: a POST with {@code content-type: application/grpc}. Valid until the call has been routed. */
public interface CallHead {
    /** {@code /package.Service/Method}. */
    CharSequence path();

    /** What the client named this server, port included; of a trusted proxy's {@code X-Forwarded-Host} where there is one. */
    CharSequence authority();

    /** The first value of a field of the client's metadata, by its lower-case name; null where there is none. */
    @Nullable
    CharSequence metadata(AsciiString name);

    /** Who sent it. */
    ClientInfo client();

    /** For logs: what the access log names the call by. */
    String requestId();
}
