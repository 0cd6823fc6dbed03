// SPDX-License-Identifier: Apache-2.0
/**
 * Drivers' pods as the API server of a cluster tells them: {@link io.gatehouse.discovery.kubernetes.KubernetesPods} watches,
 * {@link io.gatehouse.discovery.kubernetes.PodReader} reads one pod. The only package that knows fabric8; what becomes of pods is
 * {@link io.gatehouse.discovery.PodSource}'s.
 */
@NullMarked
package io.gatehouse.discovery.kubernetes;

import org.jspecify.annotations.NullMarked;
