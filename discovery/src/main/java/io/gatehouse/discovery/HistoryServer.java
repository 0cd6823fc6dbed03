// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import io.gatehouse.proxy.Upstream;

/**
 * The History Server behind the ui door.
 *
 * @param path what its URLs begin with, {@code ""} or {@code /path} without a slash at its end
 */
public record HistoryServer(Upstream upstream, String path) {}
