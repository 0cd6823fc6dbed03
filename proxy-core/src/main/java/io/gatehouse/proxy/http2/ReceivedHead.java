// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.http2;

import io.gatehouse.proxy.ClientInfo;
import io.gatehouse.proxy.grpc.CallHead;
import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;

/** A call's head as it came. */
record ReceivedHead(CallRecord call) implements CallHead {
    @Override
    public CharSequence path() {
        CharSequence path = call.head().path();
        return path == null ? "" : path;
    }

    @Override
    public CharSequence authority() {
        String told = call.client().forwarding().host();
        CharSequence authority = told != null ? told : call.head().authority();
        if (authority == null) {
            authority = call.head().get(io.netty.handler.codec.http.HttpHeaderNames.HOST);
        }
        return authority == null ? "" : authority;
    }

    @Override
    public @Nullable CharSequence metadata(AsciiString name) {
        return call.head().get(name);
    }

    @Override
    public ClientInfo client() {
        return call.client();
    }

    @Override
    public String requestId() {
        return call.requestId();
    }
}
