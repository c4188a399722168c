//go:build tools

// Package tools names the generator of what the release does not have in its tree: go.mod is to know it.
package tools

import _ "k8s.io/kube-openapi/cmd/openapi-gen"
