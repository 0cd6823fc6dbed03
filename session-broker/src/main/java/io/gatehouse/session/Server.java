// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.session;

import io.gatehouse.proxy.Upstream;
import io.netty.util.AsciiString;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A Spark Connect server of a pool.
 *
 * @param name what session records call it by; of one server for all its life, and of no other after it. Without the life
 *     ({@link #withoutLife}) it is what all its lives have in common
 * @param metadata what it gets with every call: its own credential, where it asks for one
 * @param state as far as is known
 */
public record Server(String name, Upstream upstream, Map<AsciiString, String> metadata, State state) {
    /** What a server is good for. */
    public enum State {
        /** For all sessions. */
        UP,
        /** For those it has; it gets no new ones. */
        DRAINING,
        /** It does not answer, but may have its sessions; calls of those are tried all the same, so that its return is not missed. */
        DOWN,
        /** It is down, and since it last answered nobody has listened at its address: whatever it had has ended with it. */
        GONE
    }

    /** In no address. */
    private static final char LIFE = '#';

    private static final AsciiString AUTHORIZATION = AsciiString.cached("authorization");

    public Server {
        metadata = Map.copyOf(metadata);
    }

    /** One with the token that {@code spark.connect.authenticate.token} asks for, or null. */
    public static Server of(String name, Upstream upstream, @Nullable String token) {
        return new Server(
                name, upstream, token == null ? Map.of() : Map.of(AUTHORIZATION, "Bearer " + token), State.UP);
    }

    /** The same after a time in which it was away, so that it may have been started anew. */
    Server inLife(int life) {
        return life == 0 ? this : new Server(name + LIFE + life, upstream, metadata, state);
    }

    /** What the names of all lives of a server have in common: where it is. */
    static String withoutLife(String name) {
        int life = name.indexOf(LIFE);
        return life < 0 ? name : name.substring(0, life);
    }

    /** The same in another state. */
    public Server in(State newState) {
        return new Server(name, upstream, metadata, newState);
    }

    /** The credential stays out of logs. */
    @Override
    public String toString() {
        return name + " " + state;
    }
}
