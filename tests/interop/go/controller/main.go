// A controller as people write them with client-go: it keeps a ConfigMap for every Service that is labelled
// interop=copy, owned by it. What it sees and does goes to stdout, one JSON object a line, for go_test.py.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"runtime/debug"
	"sync"
	"syscall"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/kubernetes/scheme"
	typedcorev1 "k8s.io/client-go/kubernetes/typed/core/v1"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/leaderelection"
	"k8s.io/client-go/tools/leaderelection/resourcelock"
	"k8s.io/client-go/tools/record"
)

// Shorter than anybody would choose, so that a test need not wait.
const (
	leaseDuration = 3 * time.Second
	renewDeadline = 2 * time.Second
	retryPeriod   = 300 * time.Millisecond
)

var telling sync.Mutex

func tell(what string, about any) {
	telling.Lock()
	defer telling.Unlock()
	json.NewEncoder(os.Stdout).Encode(map[string]any{"what": what, "about": about}) //nolint:errcheck
}

// protocols tells every version of HTTP that an answer came with, once.
type protocols struct {
	next http.RoundTripper
	seen sync.Map
}

func (p *protocols) RoundTrip(request *http.Request) (*http.Response, error) {
	response, err := p.next.RoundTrip(request)
	if err == nil {
		if _, known := p.seen.LoadOrStore(response.Proto, true); !known {
			tell("protocol", response.Proto)
		}
	}
	return response, err
}

func version() string {
	build, _ := debug.ReadBuildInfo()
	for _, module := range build.Deps {
		if module.Path == "k8s.io/client-go" {
			return "client-go " + module.Version + ", " + build.GoVersion
		}
	}
	return "client-go"
}

func main() {
	kubeconfig := flag.String("kubeconfig", "", "`file` that says where the cluster is")
	space := flag.String("namespace", "default", "where to look for Services")
	identity := flag.String("identity", "one", "of the candidate for leadership")
	resync := flag.Duration("resync", time.Hour, "between two deliveries of everything that is cached")
	contentType := flag.String("content-type", "application/json", "of request bodies")
	showVersion := flag.Bool("version", false, "print what this is made of")
	flag.Parse()
	if *showVersion {
		fmt.Println(version())
		return
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()

	config, err := clientcmd.BuildConfigFromFlags("", *kubeconfig)
	if err != nil {
		panic(err)
	}
	config.ContentType = *contentType
	config.AcceptContentTypes = *contentType + ",application/json"
	config.QPS, config.Burst = 100, 200
	config.Wrap(func(next http.RoundTripper) http.RoundTripper { return &protocols{next: next} })
	client := kubernetes.NewForConfigOrDie(config)

	broadcaster := record.NewBroadcaster()
	defer broadcaster.Shutdown()
	broadcaster.StartRecordingToSink(&typedcorev1.EventSinkImpl{Interface: client.CoreV1().Events("")})
	recorder := broadcaster.NewRecorder(scheme.Scheme, corev1.EventSource{Component: "interop"})

	lock := &resourcelock.LeaseLock{
		LeaseMeta:  metav1.ObjectMeta{Namespace: *space, Name: "interop"},
		Client:     client.CoordinationV1(),
		LockConfig: resourcelock.ResourceLockConfig{Identity: *identity, EventRecorder: recorder},
	}
	leaderelection.RunOrDie(ctx, leaderelection.LeaderElectionConfig{
		Lock: lock, ReleaseOnCancel: true,
		LeaseDuration: leaseDuration, RenewDeadline: renewDeadline, RetryPeriod: retryPeriod,
		Callbacks: leaderelection.LeaderCallbacks{
			OnStartedLeading: func(ctx context.Context) {
				tell("leads", *identity)
				newController(client, recorder, *space, *resync).run(ctx)
			},
			OnStoppedLeading: func() { tell("stopped", *identity) },
			OnNewLeader:      func(leader string) { tell("leader", leader) },
		},
	})
}
