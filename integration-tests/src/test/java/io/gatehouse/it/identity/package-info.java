// SPDX-License-Identifier: Apache-2.0
/**
 * Logins at a real identity provider: {@link io.gatehouse.it.identity.Dex}, whose program is in the folder of
 * {@link io.gatehouse.it.cluster.ClusterBinaries}.
 */
package io.gatehouse.it.identity;
