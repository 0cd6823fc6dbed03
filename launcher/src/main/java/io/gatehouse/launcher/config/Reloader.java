// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.config;

import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loads the configuration again, validates the whole of it, plans, applies. Called by {@link ConfigWatcher} when the file changed and
 * by {@code POST /admin/reload}; any thread may call, one reload runs at a time. It blocks on the file and the target, so no event
 * loop may call it.
 */
public final class Reloader {
    private static final Logger LOG = LoggerFactory.getLogger(Reloader.class);

    private final Supplier<GatehouseConfig> source;
    private final ReloadTarget target;
    private final Consumer<ReloadResult> listener;
    private final Clock clock;
    /** Written under this object's lock; volatile for {@link #inForce}. */
    private volatile GatehouseConfig inForce;

    /**
     * @param source loads the configuration anew; throws {@link ConfigException} when it is invalid
     * @param initial what the server started with
     * @param target puts changes into force
     * @param listener told of every result, for metrics
     * @param clock for the time in results
     */
    public Reloader(
            Supplier<GatehouseConfig> source,
            GatehouseConfig initial,
            ReloadTarget target,
            Consumer<ReloadResult> listener,
            Clock clock) {
        this.source = source;
        this.inForce = initial;
        this.target = target;
        this.listener = listener;
        this.clock = clock;
    }

    /** For tests: the configuration in force. */
    GatehouseConfig inForce() {
        return inForce;
    }

    /** Tries once; never throws. */
    public synchronized ReloadResult reload() {
        ReloadResult result;
        try {
            result = apply(ReloadPlan.of(inForce, source.get()));
        } catch (ConfigException e) {
            LOG.atError()
                    .addKeyValue("problems", e.problems().size())
                    .log("The new configuration is not taken over; the old one stays in force. {}", e.getMessage());
            result = result(ReloadResult.Outcome.FAILED, List.of(), List.of(), e.problems());
        } catch (RuntimeException e) {
            result = defect(e, List.of());
        }
        listener.accept(result);
        return result;
    }

    private ReloadResult apply(ReloadPlan plan) {
        ReloadedFiles files = target.readFiles(plan.effective());
        List<String> applied = new ArrayList<>(plan.applied().paths());
        if (!applied.isEmpty()) {
            try {
                target.apply(plan);
            } catch (ConfigException unusable) {
                files.discard().run();
                throw unusable;
            } catch (Exception e) {
                files.discard().run();
                return defect(e, plan.refusals());
            }
            inForce = plan.effective();
        }
        files.takeOver().run();
        applied.addAll(files.keys());
        if (!applied.isEmpty()) {
            LOG.atInfo().addKeyValue("applied", applied).log("Configuration reloaded.");
        }
        if (!plan.refused().isEmpty()) {
            LOG.atWarn()
                    .addKeyValue("refused", plan.refused().paths())
                    .log(
                            "Some changes of the configuration wait for a restart: {}",
                            String.join("; ", plan.refusals()));
            return result(ReloadResult.Outcome.REFUSED, applied, plan.refusals(), List.of());
        }
        return result(
                applied.isEmpty() ? ReloadResult.Outcome.UNCHANGED : ReloadResult.Outcome.APPLIED,
                applied,
                List.of(),
                List.of());
    }

    /** It is nothing that the configuration says. */
    private ReloadResult defect(Exception e, List<String> refusals) {
        LOG.atError().setCause(e).log("The new configuration could not be applied; the old one stays in force.");
        return result(
                ReloadResult.Outcome.FAILED,
                List.of(),
                refusals,
                List.of("the configuration could not be applied; the log says why"));
    }

    private ReloadResult result(
            ReloadResult.Outcome outcome, List<String> applied, List<String> refused, List<String> errors) {
        return new ReloadResult(outcome, clock.instant(), applied, refused, errors);
    }
}
