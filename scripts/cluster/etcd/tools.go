// SPDX-License-Identifier: Apache-2.0

//go:build tools

// Package etcd pins etcd for the cluster tier; scripts/cluster-binaries builds it.
package etcd

import _ "go.etcd.io/etcd/server/v3"
