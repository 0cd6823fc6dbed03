// SPDX-License-Identifier: Apache-2.0

//go:build tools

// Package helm pins Helm for the cluster tier; scripts/cluster-binaries builds it.
package helm

import _ "helm.sh/helm/v4/cmd/helm"
