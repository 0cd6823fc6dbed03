// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.session.connect;

import io.gatehouse.proxy.Principal;
import io.gatehouse.proxy.grpc.CallHead;
import io.gatehouse.proxy.grpc.CallInspector;
import io.gatehouse.proxy.grpc.GrpcError;
import io.gatehouse.proxy.login.Login;
import io.gatehouse.session.PoolSpec;
import io.gatehouse.session.wire.CallKey;
import io.gatehouse.session.wire.CallViolation;
import io.gatehouse.session.wire.ConnectMethod;
import io.gatehouse.session.wire.KeyReader;
import io.netty.buffer.ByteBuf;
import java.net.InetAddress;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Looks at one call until its server is known. A credential in the metadata is shown to whoever knows users before the first byte of the
 * message is there; else the user's id in the message is what there is.
 *
 * <p>What a caller learns before being known: which methods there are, and nothing of pools.
 */
final class ConnectInspector implements CallInspector {
    private final @Nullable ConnectMethod method;
    private final @Nullable PoolSpec pool;
    private final InetAddress client;
    private final LoginMemo memo;
    private final SessionRouting routing;
    /** Null once it has been shown to whoever knows users, and so is {@link #reader}: neither outlives the login that it is for. */
    private @Nullable Shown shown;

    private @Nullable KeyReader reader;
    private @Nullable CompletionStage<Login> login;
    /** Guarded by this object, as whether the client has gone: the answer to a login comes on any thread. */
    private @Nullable RoutingCall call;

    private boolean gone;

    ConnectInspector(CallHead head, PoolTable pools, LoginMemo memo, SessionRouting routing) {
        this.method = ConnectMethod.of(head.path());
        this.pool = pools.choose(head.metadata(Metadata.POOL), head.authority());
        this.shown = Shown.in(head);
        this.client = head.client().address();
        this.memo = memo;
        this.routing = routing;
    }

    @Override
    public Decision begin() {
        if (method == null) {
            return new Decision.Refuse("", "", Refusals.unknownMethod());
        }
        Shown inMetadata = shown;
        reader = new KeyReader(method, inMetadata == null);
        if (inMetadata != null) {
            shown = null;
            login = memo.login(inMetadata, client);
            Login known = login.toCompletableFuture().getNow(null);
            if (known != null && !(known instanceof Login.Granted)) {
                return refuse("", loginError(known));
            }
        }
        return Decision.MORE;
    }

    @Override
    public Decision inspect(ByteBuf bytes, boolean end) {
        CallKey key;
        try {
            key = reader().read(bytes, end);
        } catch (CallViolation e) {
            return refuse("", e.error());
        }
        if (key == null) {
            return Decision.MORE;
        }
        reader = null;
        CompletionStage<Login> asked = login;
        if (asked == null) {
            asked = memo.login(Shown.inMessage(key.userId()), client);
        }
        return Stages.then(asked, answer -> admit(answer, key));
    }

    private Decision admit(Login answer, CallKey key) {
        if (!(answer instanceof Login.Granted(Principal user, var validUntil))) {
            return refuse("", loginError(answer));
        }
        if (pool == null) {
            return refuse(user.name(), Refusals.noPool());
        }
        if (!pool.isOpenTo(user)) {
            return refuse(user.name(), Refusals.notOpen(pool.name()));
        }
        RoutingCall routed = new RoutingCall(knownMethod(), pool, user, key);
        synchronized (this) {
            if (gone) {
                return routed.refuse(Refusals.clientGone());
            }
            call = routed;
        }
        return routing.route(routed);
    }

    /** Wherever the decision is by now: nothing is claimed any more, and the call that comes of it gives back what it has claimed. */
    @Override
    public void cancelled() {
        RoutingCall routed;
        synchronized (this) {
            gone = true;
            routed = call;
        }
        if (routed != null) {
            routed.cancel();
        }
    }

    private static GrpcError loginError(Login answer) {
        return switch (answer) {
            case Login.Refused(String problem) -> Refusals.unauthenticated(problem);
            case Login.Throttled(var delay) -> Refusals.throttled(delay);
            case Login.Unavailable(String problem) -> Refusals.loginUnavailable(problem);
            case Login.Granted granted -> throw new IllegalArgumentException("no error: " + granted);
        };
    }

    private Decision refuse(String user, GrpcError error) {
        return new Decision.Refuse(knownMethod().methodName(), user, error);
    }

    private KeyReader reader() {
        if (reader == null) {
            throw new IllegalStateException("the call has not begun");
        }
        return reader;
    }

    private ConnectMethod knownMethod() {
        if (method == null) {
            throw new IllegalStateException("a call of no known method goes nowhere");
        }
        return method;
    }
}
