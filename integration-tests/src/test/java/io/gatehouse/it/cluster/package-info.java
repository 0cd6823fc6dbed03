// SPDX-License-Identifier: Apache-2.0
/**
 * A real Kubernetes API for tests: etcd, kube-apiserver and kube-controller-manager on loopback, without nodes, containers or a
 * scheduler.
 *
 * <p>Start with {@link io.gatehouse.it.cluster.ClusterTest}: a class that carries it gets a {@link
 * io.gatehouse.it.cluster.Cluster}, shared with the other classes of the JVM, and a {@link io.gatehouse.it.cluster.TestNamespace} of
 * its own as parameters. What schedulers and kubelets do elsewhere the test does itself: {@link io.gatehouse.it.cluster.DriverPod}
 * moves a pod through its life by writing its status, with the address of whatever shall play the driver, and {@link
 * io.gatehouse.it.cluster.Kubelet} hands out logs. {@link io.gatehouse.it.cluster.ClusterCT} and {@link
 * io.gatehouse.it.cluster.DriverPodCT} show that all this is as real as tests may believe.
 */
package io.gatehouse.it.cluster;
