// SPDX-License-Identifier: Apache-2.0
/** Benchmarks of the parts that every request passes; {@code bench/jmh} runs them. Load runs stand beside this folder. */
@NullMarked
package io.gatehouse.bench;

import org.jspecify.annotations.NullMarked;
