// SPDX-License-Identifier: Apache-2.0
/**
 * The configuration: one YAML file, overlaid by environment variables and flags, bound to validated immutable records.
 *
 * <p>Start at {@link io.gatehouse.launcher.config.GatehouseConfig} for the shape and at
 * {@link io.gatehouse.launcher.config.ConfigLoader} for the way there:
 *
 * <pre>
 * file        --{@link io.gatehouse.launcher.config.YamlReader}--&gt;   {@link io.gatehouse.launcher.config.ConfigNode} tree, every node with its {@link io.gatehouse.launcher.config.Origin}
 * variables   --{@link io.gatehouse.launcher.config.EnvironmentOverlay}--&gt;   the same tree, overlaid
 * tree        --{@link io.gatehouse.launcher.config.RecordBinder}--&gt;   records; their compact constructors hold defaults and rules
 * </pre>
 *
 * <p>Every step adds to one list of {@link io.gatehouse.launcher.config.ConfigProblem}s, so that a reader of the message sees all
 * mistakes at once. A change at run time goes through {@link io.gatehouse.launcher.config.Reloader}.
 */
@NullMarked
package io.gatehouse.launcher.config;

import org.jspecify.annotations.NullMarked;
