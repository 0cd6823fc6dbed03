// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.session;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import io.gatehouse.proxy.ErrorType;
import io.gatehouse.proxy.Upstream;
import io.gatehouse.proxy.grpc.GrpcStatus;
import io.gatehouse.proxy.grpc.UnaryCalls;
import io.gatehouse.session.wire.ConnectMethod;
import io.netty.util.AsciiString;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** What Spark Connect servers say to our own calls, in the words of Spark 4.3. */
public final class FakeSpark implements UnaryCalls {
    private final Map<Upstream, Set<String>> sessions = new ConcurrentHashMap<>();
    private final Set<String> closed = ConcurrentHashMap.newKeySet();
    private final Map<Upstream, Reply> replies = new ConcurrentHashMap<>();
    private final Map<Upstream, CompletableFuture<Reply>> hung = new ConcurrentHashMap<>();
    private final Map<Upstream, String> shown = new ConcurrentHashMap<>();
    private final AtomicInteger calls = new AtomicInteger();

    /** From now on that server has the session. */
    public void give(Upstream server, String user, String sessionId) {
        sessions.computeIfAbsent(server, key -> ConcurrentHashMap.newKeySet()).add(user + "/" + sessionId);
    }

    public void takeAway(Upstream server, String user, String sessionId) {
        sessions.getOrDefault(server, Set.of()).remove(user + "/" + sessionId);
    }

    public boolean has(Upstream server, String user, String sessionId) {
        return sessions.getOrDefault(server, Set.of()).contains(user + "/" + sessionId);
    }

    /** From now on the session counts as one that its client has ended. */
    public void close(String user, String sessionId) {
        closed.add(user + "/" + sessionId);
    }

    /** From now on the server says that to everything. */
    public void say(Upstream server, Reply reply) {
        replies.put(server, reply);
    }

    public void refuseConnections(Upstream server) {
        say(server, new Reply.Failed(ErrorType.CONNECTION_REFUSED));
    }

    public void recover(Upstream server) {
        replies.remove(server);
    }

    /** From now on the server says nothing, until the future that is given is completed. */
    public CompletableFuture<Reply> hang(Upstream server) {
        return hung.computeIfAbsent(server, key -> new CompletableFuture<>());
    }

    /** The credential of the last call to that server; empty where it had none. */
    public String shown(Upstream server) {
        return shown.getOrDefault(server, "");
    }

    /** How many calls there were. */
    public int calls() {
        return calls.get();
    }

    @Override
    public CompletionStage<Reply> call(
            Upstream server, String path, Map<AsciiString, String> metadata, byte[] message, Duration timeout) {
        calls.incrementAndGet();
        shown.put(server, metadata.getOrDefault(AsciiString.of("authorization"), ""));
        CompletableFuture<Reply> later = hung.get(server);
        if (later != null) {
            return later;
        }
        Reply reply = replies.get(server);
        return CompletableFuture.completedFuture(reply != null ? reply : reply(server, path, message));
    }

    private Reply reply(Upstream server, String path, byte[] message) {
        UnknownFieldSet request = parsed(message);
        String sessionId = text(request, 1);
        String session =
                text(parsed(request.getField(2).getLengthDelimitedList().get(0).toByteArray()), 1) + "/" + sessionId;
        if (path.equals(ConnectMethod.RELEASE_SESSION.path())) {
            sessions.getOrDefault(server, Set.of()).remove(session);
            return new Reply.Answered(GrpcStatus.OK, "", new byte[0]);
        }
        if (sessions.getOrDefault(server, Set.of()).contains(session)) {
            return new Reply.Answered(GrpcStatus.OK, "", new byte[0]);
        }
        String errorClass = closed.contains(session) ? "SESSION_CLOSED" : "SESSION_NOT_FOUND";
        return new Reply.Answered(
                GrpcStatus.INTERNAL,
                "[INVALID_HANDLE." + errorClass + "] The handle " + sessionId + " is invalid. SQLSTATE: 08003",
                new byte[0]);
    }

    private static UnknownFieldSet parsed(byte[] message) {
        try {
            return UnknownFieldSet.parseFrom(message);
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError("a message of ours is not readable", e);
        }
    }

    private static String text(UnknownFieldSet message, int field) {
        return message.getField(field).getLengthDelimitedList().get(0).toStringUtf8();
    }
}
