// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.exchange;

import io.gatehouse.proxy.ErrorType;
import io.gatehouse.proxy.ForwardTarget;
import io.gatehouse.proxy.Upstream;
import org.jspecify.annotations.Nullable;

/**
 * The attempts of one request to reach an upstream, or one of a group: asks the pool for a connection, and once more where
 * nothing is lost by it. Tells {@link UpstreamSelector} what came of each. On one event loop.
 */
final class UpstreamAttempts implements UpstreamPool.Waiter {
    private static final int MOST = 2;

    /** Whose request it is. What these throw becomes {@link #onDefect}: others wait behind it. */
    interface Owner {
        /** An attempt begins, the first or another; before anything comes of it. */
        void onAttempt(Upstream upstream, int number);

        /** There is a connection, which is the owner's from now on. */
        void onConnected(Http1BackendHandler connection);

        /** There is none, and no further attempt. */
        void onUnreachable(ErrorType error, String detail);

        /** Something that must not happen did. */
        void onDefect(String what, @Nullable Throwable defect);
    }

    private final LoopContext loop;
    private final ForwardTarget target;
    private final Owner owner;
    private Upstream upstream;
    /** Of the attempt that began last; null before the first. */
    private UpstreamPool.@Nullable Ticket ticket;

    private int count;

    UpstreamAttempts(LoopContext loop, ForwardTarget target, Owner owner) {
        this.loop = loop;
        this.target = target;
        this.owner = owner;
        this.upstream = target.upstream();
    }

    ForwardTarget target() {
        return target;
    }

    /** Where the request went last. */
    Upstream upstream() {
        return upstream;
    }

    /** Asks for a connection; what becomes of it may be told before this returns. */
    void begin() {
        attempt(null);
    }

    private void attempt(@Nullable Upstream tried) {
        UpstreamPool.Ticket place = loop.upstreamPool().ticket(this);
        ticket = place;
        upstream = loop.upstreamSelector().select(target, tried);
        owner.onAttempt(upstream, ++count);
        loop.upstreamPool().acquire(upstream, place);
    }

    /** No connection is waited for any more. */
    void cancel() {
        if (ticket != null) {
            ticket.cancel();
        }
    }

    @Override
    public void onConnected(Http1BackendHandler connection) {
        try {
            owner.onConnected(connection);
        } catch (Throwable defect) {
            // The pool would only log it, and no deadline holds where nothing was sent.
            owner.onDefect("a request could not be sent", defect);
        }
    }

    /** Nothing was sent yet, so another member of the group may get the request, whatever its method. */
    @Override
    public void onConnectFailed(ErrorType error, String detail) {
        try {
            loop.upstreamSelector().failed(target, upstream, error);
            if (count < MOST && loop.upstreamSelector().hasAnother(target, error)) {
                attempt(upstream);
            } else {
                owner.onUnreachable(error, detail);
            }
        } catch (Throwable defect) {
            owner.onDefect("a failed connection could not be answered", defect);
        }
    }

    /** The response was whole. */
    void answered(int status) {
        loop.upstreamSelector().answered(target, upstream, status);
    }

    /**
     * There was no response, or not all of it. Begins another attempt where the upstream had closed a connection that was
     * resting, which says nothing of the request.
     *
     * @param used the connection that failed
     * @param untouched whether not a byte of a response came
     * @param repeatable whether sending the request twice does no harm
     * @return whether there is another attempt
     */
    boolean failed(Http1BackendHandler used, ErrorType error, boolean untouched, boolean repeatable) {
        boolean closedMeanwhile = error == ErrorType.CONNECTION_TERMINATED && untouched && used.isReused();
        if (closedMeanwhile && repeatable && count < MOST) {
            loop.upstreamPool().discardIdle(upstream);
            attempt(upstream);
            return true;
        }
        loop.upstreamSelector().failed(target, upstream, error);
        return false;
    }
}
