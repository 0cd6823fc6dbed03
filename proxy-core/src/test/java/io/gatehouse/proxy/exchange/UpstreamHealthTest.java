// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.proxy.EjectionPolicy;
import io.gatehouse.proxy.ErrorType;
import io.gatehouse.proxy.ForwardTarget;
import io.gatehouse.proxy.Upstream;
import io.gatehouse.proxy.UpstreamGroup;
import io.gatehouse.proxy.metrics.ProxyMetrics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class UpstreamHealthTest {
    private static final Upstream A = new Upstream("a", 1);
    private static final Upstream B = new Upstream("b", 1);
    private static final ForwardTarget BOTH = ForwardTarget.to("test", new UpstreamGroup(List.of(A, B)));

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private EjectionPolicy policy = new EjectionPolicy(3, Duration.ofSeconds(1), Duration.ofSeconds(5));
    private double random;
    private long now = -1_000_000_000L;
    private final UpstreamHealth health =
            new UpstreamHealth(() -> policy, new ProxyMetrics(registry), () -> now, () -> random);

    private void fails(Upstream upstream, int times) {
        for (int i = 0; i < times; i++) {
            health.failed(BOTH, upstream);
        }
    }

    private void pass(Duration time) {
        now += time.toNanos();
    }

    private double ejectedNow() {
        return registry.get("gatehouse.upstream.ejected").gauge().value();
    }

    @Test
    void errorsInARowEjectAndASuccessBetweenThemDoesNot() {
        fails(A, 2);
        health.succeeded(A);
        fails(A, 2);
        assertThat(health.isEjected(A)).isFalse();
        fails(A, 1);
        assertThat(health.isEjected(A)).isTrue();
        assertThat(health.isEjected(B)).isFalse();
        assertThat(ejectedNow()).isEqualTo(1);
        assertThat(registry.get("gatehouse.upstream.ejections")
                        .tag("route", "test")
                        .counter()
                        .count())
                .isEqualTo(1);
    }

    @Test
    void theDelayDoublesWithEachFailedProbeUpToItsMaximum() {
        fails(A, 3);
        for (long seconds : new long[] {1, 2, 4, 5, 5}) {
            pass(Duration.ofSeconds(seconds).minusNanos(1));
            assertThat(health.takeProbe(A)).as("before %d s", seconds).isFalse();
            pass(Duration.ofNanos(1));
            assertThat(health.takeProbe(A)).as("after %d s", seconds).isTrue();
            assertThat(health.takeProbe(A)).as("a second at the same time").isFalse();
            fails(A, 1);
        }
        assertThat(registry.get("gatehouse.upstream.ejections").counter().count())
                .as("prolonged, not ejected again")
                .isEqualTo(1);
    }

    @Test
    void aSuccessEndsAnEjectionAndItsDelay() {
        fails(A, 3);
        pass(Duration.ofSeconds(1));
        assertThat(health.takeProbe(A)).isTrue();
        fails(A, 1);
        pass(Duration.ofSeconds(2));
        assertThat(health.takeProbe(A)).isTrue();
        health.succeeded(A);
        assertThat(health.isEjected(A)).isFalse();
        assertThat(ejectedNow()).isZero();
        fails(A, 3);
        pass(Duration.ofSeconds(1));
        assertThat(health.takeProbe(A)).isTrue();
    }

    @Test
    void failuresThatWereUnderWayAlreadyProlongNothing() {
        fails(A, 30);
        pass(Duration.ofSeconds(1));
        assertThat(health.takeProbe(A)).isTrue();
    }

    @Test
    void aProbeWhoseEndNobodyReportsIsFollowedByAnother() {
        fails(A, 3);
        pass(Duration.ofSeconds(1));
        assertThat(health.takeProbe(A)).isTrue();
        pass(Duration.ofSeconds(1));
        assertThat(health.takeProbe(A)).isTrue();
    }

    @Test
    void theLastOneIsNeverEjected() {
        fails(A, 3);
        fails(B, 100);
        assertThat(health.isEjected(B)).isFalse();
        health.succeeded(A);
        fails(B, 1);
        assertThat(health.isEjected(B)).as("once there is another").isTrue();
        assertThat(health.isEjected(A)).isFalse();
    }

    @Test
    void chanceShortensADelayAndNeverLengthensIt() {
        random = 1;
        fails(A, 3);
        pass(Duration.ofMillis(799));
        assertThat(health.takeProbe(A)).isFalse();
        pass(Duration.ofMillis(1));
        assertThat(health.takeProbe(A)).isTrue();
    }

    @Test
    void aChangedPolicyHoldsForTheNextFailure() {
        fails(A, 1);
        policy = new EjectionPolicy(2, Duration.ofSeconds(3), Duration.ofSeconds(3));
        fails(A, 1);
        assertThat(health.isEjected(A)).isTrue();
        assertThat(health.ejectedUntilNanos(A) - now)
                .isEqualTo(Duration.ofSeconds(3).toNanos());
    }

    @Test
    void whoGetsNoRequestsAnyMoreIsForgotten() {
        fails(A, 3);
        pass(Duration.ofMinutes(10).plusSeconds(2));
        assertThat(ejectedNow()).isZero();
        assertThat(health.isEjected(A)).isFalse();
    }

    @ParameterizedTest
    @EnumSource(ErrorType.class)
    void loadAndClientsAreNoFaultOfAnUpstream(ErrorType error) {
        boolean fault = switch (error) {
            case DESTINATION_IP_PROHIBITED,
                    DESTINATION_IP_UNROUTABLE,
                    DNS_ERROR,
                    CONNECTION_REFUSED,
                    CONNECTION_TERMINATED,
                    CONNECTION_TIMEOUT,
                    CONNECTION_READ_TIMEOUT,
                    CONNECTION_WRITE_TIMEOUT,
                    HTTP_PROTOCOL_ERROR,
                    HTTP_RESPONSE_INCOMPLETE,
                    HTTP_RESPONSE_HEADER_SECTION_SIZE,
                    HTTP_RESPONSE_CONTENT_CODING,
                    HTTP_RESPONSE_TIMEOUT,
                    HTTP_UPGRADE_FAILED -> true;
            default -> error.token().startsWith("tls_");
        };
        assertThat(UpstreamHealth.isFault(error)).isEqualTo(fault);
    }
}
