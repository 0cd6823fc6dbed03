// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DeadlineScannerTest {
    private final DeadlineScanner scanner = new DeadlineScanner();

    /** Counts its beats, and does something at each. */
    private static final class Probe extends DeadlineScanner.Watched {
        final Runnable action;
        int ticks;

        Probe(Runnable action) {
            this.action = action;
        }

        @Override
        protected void onTick(long nowNanos) {
            ticks++;
            action.run();
        }
    }

    private Probe added(Runnable action) {
        Probe probe = new Probe(action);
        scanner.add(probe);
        return probe;
    }

    @Test
    void everyoneIsLookedAtOncePerBeatWhoeverLeaves() {
        List<Probe> probes = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            int number = i;
            probes.add(added(() -> {
                if (number % 3 == 0) {
                    scanner.remove(probes.get(number));
                }
            }));
        }
        scanner.tick(1);
        assertThat(probes).allMatch(probe -> probe.ticks == 1);
        assertThat(scanner.size()).isEqualTo(200);
        scanner.tick(2);
        assertThat(probes.stream().filter(probe -> probe.ticks == 2)).hasSize(200);
    }

    @Test
    void whoeverIsRemovedByAnotherIsNotLookedAt() {
        Probe[] probes = new Probe[2];
        probes[0] = added(() -> {});
        probes[1] = added(() -> scanner.remove(probes[0]));
        scanner.tick(1);
        assertThat(probes[0].ticks).isZero();
        assertThat(scanner.size()).isEqualTo(1);
        scanner.remove(probes[0]);
        assertThat(scanner.size()).as("removing twice does nothing").isEqualTo(1);
    }

    @Test
    void addingInABeatIsForTheNext() {
        List<Probe> late = new ArrayList<>();
        added(() -> late.add(added(() -> {})));
        scanner.tick(1);
        assertThat(late.get(0).ticks).isZero();
        scanner.tick(2);
        assertThat(late.get(0).ticks).isEqualTo(1);
    }

    @Test
    void addingTwiceIsADefect() {
        Probe probe = added(() -> {});
        assertThatThrownBy(() -> scanner.add(probe)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void oneThatThrowsCostsNobodyElse() {
        List<Probe> all = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            int number = i;
            all.add(added(() -> {
                if (number == 2) {
                    throw new IllegalStateException("defect");
                }
            }));
        }
        scanner.tick(1);
        scanner.tick(2);
        assertThat(all).allMatch(probe -> probe.ticks == 2);
    }

    /** Against a plain list, at random. */
    @Test
    void theTableIsASet() {
        Random random = new Random(3);
        List<Probe> model = new ArrayList<>();
        for (int step = 0; step < 20_000; step++) {
            boolean growing = step / 2500 % 2 == 0;
            if (model.isEmpty() || random.nextInt(10) < (growing ? 7 : 3)) {
                model.add(added(() -> {}));
            } else {
                scanner.remove(model.remove(random.nextInt(model.size())));
            }
            assertThat(scanner.size()).isEqualTo(model.size());
        }
        scanner.tick(1);
        assertThat(model).isNotEmpty().allMatch(probe -> probe.ticks == 1);
    }
}
