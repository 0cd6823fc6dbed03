// SPDX-License-Identifier: Apache-2.0

//go:build tools

// Package h2spec pins the conformance test of HTTP/2 that the Connect door has to pass; scripts/go-tool builds it.
package h2spec

import _ "github.com/summerwind/h2spec/cmd/h2spec"
