// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.session.connect;

import io.gatehouse.proxy.Principal;
import io.gatehouse.proxy.grpc.CallInspector.Decision;
import io.gatehouse.proxy.grpc.GrpcError;
import io.gatehouse.session.PoolSpec;
import io.gatehouse.session.SessionKey;
import io.gatehouse.session.wire.CallKey;
import io.gatehouse.session.wire.ConnectMethod;
import org.jspecify.annotations.Nullable;

/**
 * A call whose server is being looked for. Its decision may be made on another thread than that of its connection, while the client
 * goes away: whichever comes second ends what came of it.
 */
final class RoutingCall {
    private final ConnectMethod method;
    private final PoolSpec pool;
    private final Principal user;
    private final CallKey key;
    private final SessionKey session;
    private boolean cancelled;
    private @Nullable ConnectCall forwarded;

    RoutingCall(ConnectMethod method, PoolSpec pool, Principal user, CallKey key) {
        this.method = method;
        this.pool = pool;
        this.user = user;
        this.key = key.withoutUserId();
        this.session = new SessionKey(pool.name(), user.name(), key.sessionId());
    }

    ConnectMethod method() {
        return method;
    }

    PoolSpec pool() {
        return pool;
    }

    Principal user() {
        return user;
    }

    /** Without the user's id. */
    CallKey key() {
        return key;
    }

    SessionKey session() {
        return session;
    }

    Decision forward(ConnectCall call) {
        boolean late;
        synchronized (this) {
            forwarded = call;
            late = cancelled;
        }
        if (late) {
            call.cancelled();
        }
        return new Decision.Forward(call);
    }

    Decision refuse(GrpcError error) {
        return new Decision.Refuse(method.methodName(), user.name(), error);
    }

    Decision answer(byte[] message) {
        return new Decision.Answer(method.methodName(), user.name(), message);
    }

    /** The client has gone before it heard of a decision. */
    void cancel() {
        ConnectCall early;
        synchronized (this) {
            cancelled = true;
            early = forwarded;
        }
        if (early != null) {
            early.cancelled();
        }
    }
}
