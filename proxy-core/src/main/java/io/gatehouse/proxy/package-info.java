// SPDX-License-Identifier: Apache-2.0
/** The ports and public types of the proxy. */
@NullMarked
package io.gatehouse.proxy;

import org.jspecify.annotations.NullMarked;
