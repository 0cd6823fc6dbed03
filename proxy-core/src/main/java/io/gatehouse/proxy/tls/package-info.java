// SPDX-License-Identifier: Apache-2.0
/**
 * TLS on listeners and to upstreams: certificates from PEM files, chosen by SNI, changed while connections are open. Start at
 * {@link io.gatehouse.proxy.tls.ServerTls} and {@link io.gatehouse.proxy.tls.ClientTls}.
 */
@NullMarked
package io.gatehouse.proxy.tls;

import org.jspecify.annotations.NullMarked;
