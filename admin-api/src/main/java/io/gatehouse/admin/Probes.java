// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.admin;

import io.gatehouse.proxy.LocalRequest;
import io.gatehouse.proxy.LocalResponse;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/** Liveness and readiness as Kubernetes asks for them; one line a check with {@code ?verbose}, as its API server prints. */
public final class Probes {
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private final List<? extends Executor> eventLoops;
    private final List<ReadinessCheck> checks;

    public Probes(List<? extends Executor> eventLoops, List<ReadinessCheck> checks) {
        this.eventLoops = List.copyOf(eventLoops);
        this.checks = List.copyOf(checks);
    }

    /** Alive when every event loop runs a task within a second. */
    CompletionStage<LocalResponse> live(LocalRequest request) {
        CompletableFuture<?>[] answers = eventLoops.stream()
                .map(loop -> CompletableFuture.runAsync(() -> {}, loop))
                .toArray(CompletableFuture<?>[]::new);
        return CompletableFuture.allOf(answers)
                .orTimeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                .handle((done, late) -> late == null
                        ? LocalResponse.text(200, "ok\n")
                        : LocalResponse.text(503, "an event loop does not answer\n"));
    }

    /** Ready when no check has a problem. */
    CompletionStage<LocalResponse> ready(LocalRequest request) {
        StringBuilder lines = new StringBuilder();
        boolean ready = true;
        for (ReadinessCheck check : checks) {
            String problem = check.problem().get();
            ready &= problem.isEmpty();
            lines.append(problem.isEmpty() ? "[+]" : "[-]").append(check.name());
            lines.append(problem.isEmpty() ? " ok" : " failed: " + problem).append('\n');
            String note = check.note().get();
            lines.append(note.isEmpty() ? "" : "    " + note + "\n");
        }
        lines.append(ready ? "readyz check passed\n" : "readyz check failed\n");
        boolean verbose = Arrays.asList(request.query().split("&", -1)).contains("verbose");
        String text = verbose || !ready ? lines.toString() : "ok\n";
        return CompletableFuture.completedFuture(LocalResponse.text(ready ? 200 : 503, text));
    }

    /** Whether every check passes, for doors that tell their own users. */
    public boolean isReady() {
        return checks.stream().allMatch(check -> check.problem().get().isEmpty());
    }
}
