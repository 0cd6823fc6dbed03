// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.util.IllegalReferenceCountException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Who holds what while one reading of the files takes the place of another. */
class InForceTest {
    private static final class Material extends TlsMaterial {
        Material(String fingerprint) {
            super(List.of(), fingerprint);
        }
    }

    private final Material first = new Material("first");
    private final InForce<Material> inForce = new InForce<>(first);

    @Test
    void theSameAgainIsLetGoOfAndChangesNothing() {
        // Given
        Material same = new Material("first");
        // When / Then
        assertThat(inForce.changeTo(same)).isEmpty();
        assertThat(same.refCnt()).isZero();
        assertThat(inForce.peek()).isSameAs(first);
    }

    @Test
    void aChangeThatIsDiscardedIsLetGoOf() {
        // Given
        Material second = new Material("second");
        // When
        inForce.changeTo(second).orElseThrow().discard();
        // Then
        assertThat(second.refCnt()).isZero();
        assertThat(inForce.peek()).isSameAs(first);
    }

    @Test
    void whatIsReplacedLivesAsLongAsSomebodyHoldsIt() {
        // Given
        Material second = new Material("second");
        Material held = inForce.acquire();
        // When
        inForce.changeTo(second).orElseThrow().takeOver();
        // Then
        assertThat(inForce.acquire()).isSameAs(second);
        assertThat(held).isSameAs(first);
        assertThat(first.refCnt()).isEqualTo(1);
        held.release();
        assertThat(first.refCnt()).isZero();
    }

    @Test
    void afterTheEndNobodyGetsAnything() {
        inForce.close();
        assertThatThrownBy(inForce::acquire).isInstanceOf(IllegalReferenceCountException.class);
    }

    @Test
    void whoAsksInTheMiddleOfChangesAlwaysGetsSomethingAlive() throws Exception {
        // Given: somebody who takes and gives back all the time
        AtomicBoolean done = new AtomicBoolean();
        List<Material> replaced = new ArrayList<>(List.of(first));
        try (ExecutorService other = Executors.newSingleThreadExecutor()) {
            Future<Integer> lowest = other.submit(() -> {
                int seen = Integer.MAX_VALUE;
                while (!done.get()) {
                    Material held = inForce.acquire();
                    seen = Math.min(seen, held.refCnt());
                    held.release();
                }
                return seen;
            });
            // When
            for (int i = 0; i < 100_000; i++) {
                Material next = new Material("number " + i);
                replaced.add(next);
                inForce.changeTo(next).orElseThrow().takeOver();
            }
            done.set(true);
            // Then
            assertThat(lowest.get()).isPositive();
        }
        replaced.removeLast();
        assertThat(replaced).allMatch(material -> material.refCnt() == 0);
        assertThat(inForce.peek().refCnt()).isEqualTo(1);
    }
}
