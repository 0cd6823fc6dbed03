// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy;

import io.gatehouse.proxy.http1.Method;

/**
 * A whole request for a {@link LocalHandler}; a copy that outlives the exchange.
 *
 * @param path as it came, still percent-encoded
 * @param query without {@code ?}, empty where there was none
 * @param accept the value of {@code Accept}, empty where there was none
 * @param body the bytes of the body; the handler's own
 */
public record LocalRequest(Method method, String path, String query, String accept, Principal principal, byte[] body) {}
