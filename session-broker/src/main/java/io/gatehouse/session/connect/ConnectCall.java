// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.session.connect;

import io.gatehouse.proxy.ErrorType;
import io.gatehouse.proxy.Upstream;
import io.gatehouse.proxy.grpc.GrpcError;
import io.gatehouse.proxy.grpc.GrpcStatus;
import io.gatehouse.proxy.grpc.RoutedCall;
import io.gatehouse.session.Fleet;
import io.gatehouse.session.Server;
import io.gatehouse.session.wire.AnswerReader;
import io.gatehouse.session.wire.CallKey;
import io.gatehouse.session.wire.CallViolation;
import io.gatehouse.session.wire.ConnectMethod;
import io.gatehouse.session.wire.MessageEditor;
import io.gatehouse.session.wire.Messages;
import io.gatehouse.session.wire.SparkErrors;
import io.netty.buffer.ByteBuf;
import io.netty.util.AsciiString;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A call on its way to the server of its session, and what that says of the session: an answer pins it, a release ends it, and a place
 * that was claimed for a server that cannot be reached is given back.
 */
final class ConnectCall implements RoutedCall {
    private final RoutingCall call;
    private final Server server;
    private final Fleet fleet;
    private final LiveSessions live;
    private final LiveSession session;
    /** What a clone makes. */
    private final @Nullable LiveSession copy;

    private final MessageEditor editor;
    /** The client may go away on another thread than that of the decision; after that, all is on the event loop. */
    private final AtomicBoolean over = new AtomicBoolean();

    /** Null where there is nothing to learn. */
    private final @Nullable AnswerReader naming;

    /** What we say in the client's place that it has seen; empty where it says so itself. */
    private final String seen;

    /** What the server calls the session that this call is for; empty while that is not known. */
    private String serverSideId;

    private boolean answered;

    ConnectCall(
            RoutingCall call,
            Server server,
            Fleet fleet,
            LiveSessions live,
            LiveSession session,
            @Nullable LiveSession copy) {
        this.call = call;
        this.server = server;
        this.fleet = fleet;
        this.live = live;
        this.session = session;
        this.copy = copy;
        CallKey key = call.key();
        this.serverSideId = session.record().serverSideId();
        this.naming = serverSideId.isEmpty() ? new AnswerReader(call.method()) : null;
        this.seen = key.observed() ? "" : serverSideId;
        this.editor = new MessageEditor(
                call.method(),
                Messages.suffix(
                        call.method(),
                        key.sessionId(),
                        call.user().name(),
                        copy == null ? "" : copy.record().key().sessionId(),
                        seen));
    }

    @Override
    public String route() {
        return call.method().methodName();
    }

    @Override
    public String user() {
        return call.user().name();
    }

    @Override
    public Upstream server() {
        return server.upstream();
    }

    @Override
    public Map<AsciiString, String> metadata() {
        return server.metadata();
    }

    @Override
    public @Nullable GrpcError request(ByteBuf bytes, boolean end, Consumer<ByteBuf> out) {
        try {
            editor.edit(bytes, end, out);
            return null;
        } catch (CallViolation e) {
            cancelled();
            return e.error();
        }
    }

    @Override
    public void answer(ByteBuf bytes) {
        if (!answered) {
            answered = true;
            live.pin(session, server.name());
            if (copy != null) {
                live.pin(copy, server.name());
            }
        }
        String named = naming == null ? "" : naming.read(bytes);
        if (!named.isEmpty()) {
            serverSideId = named;
            live.named(session, server.name(), serverSideId);
        }
    }

    @Override
    public boolean isResumable() {
        return call.method() == ConnectMethod.REATTACH_EXECUTE || editor.isReattachable();
    }

    @Override
    public void ended(GrpcStatus status, String text) {
        if (!isRefusal(status)) {
            fleet.answered(server);
        }
        if (isUntold(status, text)) {
            live.lose(session, server.name(), serverSideId);
            leave(true);
        } else if (SparkErrors.saysSessionIsGone(status, text)) {
            live.forget(session, server.name(), serverSideId);
            leave(true);
        } else if (status == GrpcStatus.OK && isRelease()) {
            // Whatever it was called meanwhile.
            live.forget(session, server.name(), session.record().serverSideId());
            leave(true);
        } else if (status == GrpcStatus.OK && call.method() == ConnectMethod.RELEASE_SESSION) {
            // What comes next under its id is another session.
            live.named(session, server.name(), "");
            leave(true);
        } else if (status == GrpcStatus.OK || SparkErrors.isSparks(status, text)) {
            live.pin(session, server.name());
            leave(true);
        } else {
            leave(!isRefusal(status));
        }
    }

    @Override
    public GrpcError failed(ErrorType error, boolean begun) {
        fleet.failed(server, error);
        if (begun || answered) {
            leave(true);
            return Refusals.broken(error);
        }
        if (!session.record().pinned()) {
            leave(false);
            return Refusals.placeLost(error);
        }
        if (error == ErrorType.CONNECTION_REFUSED) {
            // Nobody listens there any more: the driver has ended, and the session with it.
            boolean told = call.key().observed() || call.method().binds();
            if (told) {
                live.forget(session, server.name(), serverSideId);
            } else {
                live.lose(session, server.name(), serverSideId);
            }
            leave(true);
            return told
                    ? SparkErrors.sessionChanged(call.key().sessionId())
                    : SparkErrors.sessionNotFound(call.key().sessionId());
        }
        // It may be the network. The client comes back at once, and then the server is there or refuses.
        leave(true);
        return Refusals.broken(error);
    }

    @Override
    public GrpcError reset(ErrorType error, GrpcStatus status, boolean begun) {
        // The fleet hears nothing of it: whoever sends a deadline that has passed would take the server down for
        // everybody.
        boolean taken = status != GrpcStatus.UNAVAILABLE && editor.messages() > 0;
        boolean kept = begun || answered || session.record().pinned() || taken;
        leave(kept);
        if (status != GrpcStatus.UNAVAILABLE) {
            return Refusals.brokenOff(error, status);
        }
        return kept ? Refusals.broken(error) : Refusals.placeLost(error);
    }

    @Override
    public void cancelled() {
        leave(answered || editor.messages() > 0);
    }

    /**
     * Whether the server has lost a session, and its client does not learn of it by this: calls that PySpark sends behind the user's back
     * may fail. One that says what it has seen hears of it with its next call.
     */
    private boolean isUntold(GrpcStatus status, String text) {
        return session.record().pinned()
                && !call.method().binds()
                && !call.key().observed()
                && (SparkErrors.saysNotFound(status, text)
                        || (!seen.isEmpty() && SparkErrors.saysChanged(status, text)));
    }

    private boolean isRelease() {
        return call.method() == ConnectMethod.RELEASE_SESSION && !call.key().allowReconnect();
    }

    /** Whether the server has not looked at the message: its session cannot have come of it. */
    private static boolean isRefusal(GrpcStatus status) {
        return switch (status) {
            case UNAVAILABLE, UNAUTHENTICATED, PERMISSION_DENIED, UNIMPLEMENTED, RESOURCE_EXHAUSTED, INVALID_ARGUMENT ->
                true;
            default -> false;
        };
    }

    /**
     * The call counts no more. A clone keeps its place only if an answer has pinned it.
     *
     * @param used whether the server may have made something of the session
     */
    private void leave(boolean used) {
        if (!over.compareAndSet(false, true)) {
            return;
        }
        if (used) {
            live.leave(session);
        } else {
            live.leaveAndGiveBack(session);
        }
        if (copy != null) {
            live.leaveAndGiveBack(copy);
        }
    }
}
