// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.proxy.net.MemoryPressure.Level;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class MemoryGuardTest {
    private final MemoryPressure pressure = new MemoryPressure();
    private final FakeMemory memory = new FakeMemory();
    private final MemoryGuard guard =
            new MemoryGuard(memory, pressure, () -> new OverloadThresholds(92, 95), () -> memory.now);

    private Level look() {
        guard.look();
        return pressure.level();
    }

    @Test
    void whatLivesDecides() {
        assertThat(memory.holds(91, 91, this::look)).isEqualTo(Level.NONE);
        assertThat(memory.holds(92, 92, this::look)).isEqualTo(Level.DRAIN);
        memory.pass(Duration.ofMinutes(1));
        assertThat(memory.holds(95, 95, this::look)).isEqualTo(Level.REFUSE);
    }

    @Test
    void garbageNeverDoes() {
        for (int i = 0; i < 100; i++) {
            assertThat(memory.holds(99, 30, this::look)).isEqualTo(Level.NONE);
            memory.pass(Duration.ofMillis(500));
        }
    }

    @Test
    void noCollectionIsAskedForBelowTheThreshold() {
        memory.holds(91, 10, this::look);
        assertThat(memory.asked).isZero();
    }

    @Test
    void collectionsTakeAFiftiethOfTheTimeAtMost() {
        memory.collectionTakes = Duration.ofSeconds(1);
        for (int i = 0; i < 2 * 200; i++) {
            memory.holds(99, 30, this::look);
            memory.pass(Duration.ofMillis(500));
        }
        assertThat(memory.asked).isBetween(4, 5);
    }

    @Test
    void collectionsOfTheVirtualMachineItselfAreEvidenceToo() {
        memory.holds(99, 30, this::look);
        // When: within the time in which none is asked for, the VM collects and finds nothing to free
        memory.holds(99, 97);
        memory.collected();
        assertThat(look()).isEqualTo(Level.REFUSE);
        assertThat(memory.asked).isEqualTo(1);
    }

    @Test
    void whatWasLeftLongAgoIsNoNews() {
        // Given: a collection long before, that left much
        memory.holds(99, 97);
        memory.collected();
        memory.holds(50, 50, this::look);
        memory.pass(Duration.ofHours(1));
        memory.collectionIsInVain = true;
        // When / Then
        assertThat(memory.holds(99, 20, this::look)).isEqualTo(Level.NONE);
    }

    @Test
    void withoutNewsALevelStaysAndNeverExceedsWhatIsInUse() {
        memory.holds(96, 96, this::look);
        assertThat(memory.holds(96, 20, this::look)).isEqualTo(Level.REFUSE);
        assertThat(memory.holds(91, 20, this::look)).isEqualTo(Level.DRAIN);
        assertThat(memory.holds(88, 20, this::look)).isEqualTo(Level.NONE);
        assertThat(memory.asked).isEqualTo(1);
    }

    @Test
    void releasedMemoryIsFoundByTheNextCollection() {
        memory.holds(96, 96, this::look);
        memory.pass(Duration.ofSeconds(2));
        assertThat(memory.holds(96, 20, this::look)).isEqualTo(Level.NONE);
    }

    @Test
    void aLevelEndsThreePointsBelowItsBeginning() {
        memory.direct = 95;
        assertThat(look()).isEqualTo(Level.REFUSE);
        memory.direct = 92;
        assertThat(look()).isEqualTo(Level.REFUSE);
        memory.direct = 91;
        assertThat(look()).isEqualTo(Level.DRAIN);
        memory.direct = 94;
        assertThat(look()).isEqualTo(Level.DRAIN);
        memory.direct = 89;
        assertThat(look()).isEqualTo(Level.DRAIN);
        memory.direct = 88;
        assertThat(look()).isEqualTo(Level.NONE);
        assertThat(memory.asked).as("buffers are counted, not collected").isZero();
    }

    @Test
    void theWorseOfBothCounts() {
        memory.direct = 93;
        assertThat(memory.holds(99, 97, this::look)).isEqualTo(Level.REFUSE);
    }

    @Test
    void aLookThatFailsIsNotTheLast() {
        memory.failing = true;
        assertThat(look()).isEqualTo(Level.NONE);
        memory.failing = false;
        memory.broken = true;
        assertThat(look()).isEqualTo(Level.NONE);
        memory.broken = false;
        assertThat(memory.holds(96, 96, this::look)).isEqualTo(Level.REFUSE);
    }
}
