// SPDX-License-Identifier: Apache-2.0
/** The ground that connections stand on: transports, deadlines, drain state, names of handlers. */
@NullMarked
package io.gatehouse.proxy.net;

import org.jspecify.annotations.NullMarked;
