// SPDX-License-Identifier: Apache-2.0
/**
 * Logins at real identity providers: {@link io.gatehouse.it.identity.Dex}, whose program is in the folder of
 * {@link io.gatehouse.it.cluster.ClusterBinaries}, and, at night, {@link io.gatehouse.it.identity.Keycloak}.
 */
package io.gatehouse.it.identity;
