// SPDX-License-Identifier: Apache-2.0
/** The access log: one JSON object per exchange, encoded on the event loop, written by a thread of its own. */
@NullMarked
package io.gatehouse.proxy.log;

import org.jspecify.annotations.NullMarked;
