// kube-apiserver of Kubernetes 1.20: k8s.io/kubernetes has the whole of it in package app.
package main

import (
	"os"

	"k8s.io/component-base/logs"
	_ "k8s.io/component-base/metrics/prometheus/clientgo"
	_ "k8s.io/component-base/metrics/prometheus/version"
	"k8s.io/kubernetes/cmd/kube-apiserver/app"
)

func main() {
	logs.InitLogs()
	defer logs.FlushLogs()
	if app.NewAPIServerCommand().Execute() != nil {
		os.Exit(1)
	}
}
