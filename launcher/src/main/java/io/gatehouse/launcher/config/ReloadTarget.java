// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.config;

/**
 * Puts a plan into force; the composition root implements it. Called by {@link Reloader}, one call at a time, on the thread that asked
 * for the reload (never an event loop), and only when the plan changes something.
 */
@FunctionalInterface
public interface ReloadTarget {
    /**
     * Applies all of {@code plan.applied()}, or nothing. The values are in {@code plan.effective()}.
     *
     * @throws Exception when the plan cannot be applied; the old configuration must still be in force then
     */
    void apply(ReloadPlan plan) throws Exception;

    /**
     * Reads the files again that the configuration names, whether it changed or not. Called before {@link #apply}; changes
     * nothing.
     *
     * @param effective what will be in force
     * @throws ConfigException when one of them cannot be used
     */
    default ReloadedFiles readFiles(GatehouseConfig effective) {
        return ReloadedFiles.NONE;
    }
}
