// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.exchange;

import io.gatehouse.proxy.http1.RequestHead;
import io.gatehouse.proxy.http1.ResponseHead;
import io.gatehouse.proxy.log.AccessLog;
import io.gatehouse.proxy.log.LogClock;
import io.gatehouse.proxy.net.DeadlineScanner;
import io.gatehouse.proxy.net.SplicePipe;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the connections of one event loop share: heads to use again, the upstream connections, the clock, the access log's
 * buffer. Only that event loop touches it, so nothing here is locked.
 */
public final class LoopContext {
    private static final Logger LOG = LoggerFactory.getLogger(LoopContext.class);
    private static final int HEADS_KEPT = 256;

    private final EventLoop eventLoop;
    private final ProxyEnvironment environment;
    private final DeadlineScanner deadlines = new DeadlineScanner();
    private final ArrayDeque<RequestHead> requestHeads = new ArrayDeque<>();
    private final ArrayDeque<ResponseHead> responseHeads = new ArrayDeque<>();
    private final SplittableRandom random = new SplittableRandom();
    private final AccessLog.Sink accessLog;
    private final LogClock logClock = new LogClock(Clock.systemUTC());
    private final UpstreamPool upstreamPool;
    private final UpstreamSelector upstreamSelector;

    public LoopContext(EventLoop eventLoop, ProxyEnvironment environment, AccessLog.Sink accessLog) {
        this.eventLoop = eventLoop;
        this.environment = environment;
        this.accessLog = accessLog;
        this.upstreamPool = new UpstreamPool(this);
        this.upstreamSelector = new UpstreamSelector(upstreamPool, environment.upstreamHealth());
    }

    public EventLoop eventLoop() {
        return eventLoop;
    }

    public ProxyEnvironment environment() {
        return environment;
    }

    public DeadlineScanner deadlines() {
        return deadlines;
    }

    public UpstreamPool upstreamPool() {
        return upstreamPool;
    }

    UpstreamSelector upstreamSelector() {
        return upstreamSelector;
    }

    public AccessLog.Sink accessLog() {
        return accessLog;
    }

    /** The wall clock, for log lines only. */
    public LogClock logClock() {
        return logClock;
    }

    /** For request ids; not for secrets. */
    public long nextRandom() {
        return random.nextLong();
    }

    /** The monotonic clock, in nanoseconds. */
    public long nanoTime() {
        return environment.ticker().getAsLong();
    }

    /** A reset head; the caller owns it until {@link #release(RequestHead)}. */
    public RequestHead requestHead() {
        RequestHead head = requestHeads.pollLast();
        if (head == null) {
            head = new RequestHead();
        }
        return head;
    }

    public void release(RequestHead head) {
        if (requestHeads.size() < HEADS_KEPT) {
            // At once: what rests here holds neither much memory nor anybody's credentials.
            head.reset();
            requestHeads.addLast(head);
        }
    }

    /** A reset head; the caller owns it until {@link #release(ResponseHead)}. */
    public ResponseHead responseHead() {
        ResponseHead head = responseHeads.pollLast();
        if (head == null) {
            head = new ResponseHead();
        }
        return head;
    }

    public void release(ResponseHead head) {
        if (responseHeads.size() < HEADS_KEPT) {
            head.reset();
            responseHeads.addLast(head);
        }
    }

    /** A pipe between two connections of this loop for a large body; null where its bytes have to pass through here. */
    @Nullable
    SplicePipe pipe(Channel source, Channel destination) {
        try {
            return environment.transport().splicer().open(source, destination);
        } catch (IOException e) {
            // Too many open files, say: copying needs none.
            LOG.atDebug().setCause(e).log("no pipe for a large body");
            return null;
        }
    }

    /** The steady beat of this loop: deadlines, pool upkeep, log lines handed over. */
    public void tick() {
        long now = nanoTime();
        step(() -> deadlines.tick(now));
        step(() -> upstreamPool.tick(now));
        step(accessLog::handOver);
    }

    /** Errors too: thrown further, one would end the beat, and with it every deadline of this loop. */
    private static void step(Runnable step) {
        try {
            step.run();
        } catch (Throwable defect) {
            LOG.atError().setCause(defect).log("a beat failed");
        }
    }
}
