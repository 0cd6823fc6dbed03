// SPDX-License-Identifier: Apache-2.0
/**
 * The Connect door as HTTP/2: {@link io.gatehouse.it.h2.H2SpecIT} has it tested by h2spec, whose report {@link
 * io.gatehouse.it.h2.H2SpecReport} reads. What no such test asks is in {@code Http2AbuseIT} of proxy-core.
 */
package io.gatehouse.it.h2;
