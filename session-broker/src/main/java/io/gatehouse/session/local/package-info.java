// SPDX-License-Identifier: Apache-2.0
/**
 * Spark on this machine, as child processes: no cluster, no container.
 *
 * <p>From the outside in: {@link io.gatehouse.session.local.DemoSpark} runs the processes of {@code gatehouse demo};
 * {@link io.gatehouse.session.local.LocalSpark} knows their command lines;
 * {@link io.gatehouse.session.local.SparkInstaller} and {@link io.gatehouse.session.local.JavaRuntimes} find or
 * install what they run on; {@link io.gatehouse.session.local.ChildProcesses} starts them, and makes sure that none
 * outlives Gatehouse. Nothing here reads the environment of Gatehouse itself: the launcher passes it in.
 */
@NullMarked
package io.gatehouse.session.local;

import org.jspecify.annotations.NullMarked;
