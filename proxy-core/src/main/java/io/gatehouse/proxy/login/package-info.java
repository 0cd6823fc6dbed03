// SPDX-License-Identifier: Apache-2.0
/**
 * The port through which doors learn who is calling, whatever protocol the caller speaks: what was shown ({@link
 * io.gatehouse.proxy.login.Credential}), and what came of it ({@link io.gatehouse.proxy.login.Login}). The module {@code
 * identity} stands behind it.
 */
@NullMarked
package io.gatehouse.proxy.login;

import org.jspecify.annotations.NullMarked;
