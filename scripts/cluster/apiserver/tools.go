// SPDX-License-Identifier: Apache-2.0

//go:build tools

// Package apiserver pins kube-apiserver and kube-controller-manager for the cluster tier; scripts/cluster-binaries builds them.
package apiserver

import (
	_ "k8s.io/kubernetes/cmd/kube-apiserver"
	_ "k8s.io/kubernetes/cmd/kube-controller-manager"
)
