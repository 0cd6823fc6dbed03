// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.tls;

import io.netty.util.IllegalReferenceCountException;
import java.util.Optional;

/**
 * The material that new connections get, until a change puts another in its place. For any thread.
 *
 * <p><b>Reference counting.</b> Owns what is in force, and lets go of it when it is replaced or at the end.
 */
final class InForce<T extends TlsMaterial> implements AutoCloseable {
    private volatile T current;

    InForce(T first) {
        this.current = first;
    }

    /** For a look only: it may be replaced, and let go of, at any moment. */
    T peek() {
        return current;
    }

    /** Held for the caller, who releases it. */
    T acquire() {
        while (true) {
            T seen = current;
            try {
                seen.retain();
                return seen;
            } catch (IllegalReferenceCountException replaced) {
                if (seen.equals(current)) {
                    throw replaced;
                }
            }
        }
    }

    /**
     * Takes what was read again, and owns it from now on. Nothing changes before the answer is taken over.
     *
     * @return empty where everything is as it was
     */
    Optional<TlsChange> changeTo(T read) {
        if (read.isSameAs(current)) {
            read.release();
            return Optional.empty();
        }
        return Optional.of(new TlsChange() {
            @Override
            public void takeOver() {
                replaceBy(read);
            }

            @Override
            public void discard() {
                read.release();
            }
        });
    }

    private synchronized void replaceBy(T next) {
        T before = current;
        current = next;
        before.release();
    }

    /** For the end of the process, once no connection begins any more. */
    @Override
    public void close() {
        current.release();
    }
}
