// Load on an API server, of whichever make: creates Pods that no scheduler takes, or watches them.
//
//	load create --server URL --ca FILE --pair FILE --namespace NAME --first N --count N [--rate PER_SECOND]
//	load watch  --server URL --ca FILE --pair FILE --namespace NAME --count N
//	load relay  --ca FILE
//
// A Pod carries the time at which its creation was sent; a watcher on the same machine tells how long after that it heard.
// The last line of output is JSON: began, ended (Unix, seconds) and refused of create; p50_ms, p99_ms and count of watch.
// relay passes what is created on to who watches, and does nothing else: what the clients themselves cost. Its first line
// is its port; FILE gets its certificate. Exit code 1: the server could not be asked, 2: usage.
package main

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"sort"
	"strconv"
	"time"
)

const (
	sentAnnotation = "plumbline.invalid/sent"
	lineBytesMax   = 1 << 20
)

type target struct {
	client    *http.Client
	server    string
	namespace string
}

func fail(code int, format string, words ...any) {
	fmt.Fprintf(os.Stderr, "load: "+format+"\n", words...)
	os.Exit(code)
}

func newClient(authority, pair string) *http.Client {
	pem, err := os.ReadFile(authority)
	if err != nil {
		fail(1, "%v", err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(pem)
	certificate, err := tls.LoadX509KeyPair(pair, pair)
	if err != nil {
		fail(1, "%v", err)
	}
	// HTTP/2, as client-go speaks it.
	return &http.Client{Transport: &http.Transport{
		ForceAttemptHTTP2: true,
		TLSClientConfig:   &tls.Config{RootCAs: roots, Certificates: []tls.Certificate{certificate}},
	}}
}

func pod(number int) []byte {
	body := map[string]any{
		"apiVersion": "v1", "kind": "Pod",
		"metadata": map[string]any{
			"name":        fmt.Sprintf("pod-%06d", number),
			"labels":      map[string]string{"app": "load", "number": strconv.Itoa(number)},
			"annotations": map[string]string{sentAnnotation: strconv.FormatInt(time.Now().UnixNano(), 10)},
		},
		"spec": map[string]any{
			"schedulerName": "nobody", "automountServiceAccountToken": false,
			"containers": []any{map[string]any{
				"name": "web", "image": "registry.example.com/web:1.0",
				"ports": []any{map[string]any{"name": "http", "containerPort": 8080}},
				"env":   []any{map[string]string{"name": "NUMBER", "value": strconv.Itoa(number)}},
			}},
		},
	}
	text, err := json.Marshal(body)
	if err != nil {
		fail(1, "%v", err)
	}
	return text
}

func unix(at time.Time) float64 { return float64(at.UnixNano()) / 1e9 }

// Creates Pods first..first+count-1; rate 0 is as fast as they are answered.
func create(to target, first, count int, rate float64) {
	url := fmt.Sprintf("%s/api/v1/namespaces/%s/pods", to.server, to.namespace)
	// The connection is there before anything is measured.
	hello, err := to.client.Get(to.server + "/version")
	if err != nil {
		fail(1, "%v", err)
	}
	_, _ = io.ReadAll(hello.Body)
	hello.Body.Close()
	refused := 0
	began := time.Now()
	for i := 0; i < count; i++ {
		if rate > 0 {
			time.Sleep(time.Until(began.Add(time.Duration(float64(i) / rate * float64(time.Second)))))
		}
		response, err := to.client.Post(url, "application/json", bytes.NewReader(pod(first+i)))
		if err != nil {
			fail(1, "%v", err)
		}
		answer, _ := io.ReadAll(response.Body)
		response.Body.Close()
		if response.StatusCode != http.StatusCreated {
			if refused++; refused == 1 {
				fmt.Fprintf(os.Stderr, "load: %d %s\n", response.StatusCode, answer)
			}
		}
	}
	fmt.Printf("{\"began\": %f, \"ended\": %f, \"refused\": %d}\n", unix(began), unix(time.Now()), refused)
}

// Watches until count Pods were added. The line "ready" is told once the server has answered.
func watch(to target, count int) {
	pods := fmt.Sprintf("%s/api/v1/namespaces/%s/pods", to.server, to.namespace)
	listed, err := to.client.Get(pods + "?limit=1")
	if err != nil {
		fail(1, "%v", err)
	}
	// From now on: the Pods that are there already are not its business. The relay has none, and no version.
	var list struct{ Metadata struct{ ResourceVersion string } }
	text, _ := io.ReadAll(listed.Body)
	listed.Body.Close()
	_ = json.Unmarshal(text, &list)
	response, err := to.client.Get(pods + "?watch=1&timeoutSeconds=600&resourceVersion=" + list.Metadata.ResourceVersion)
	if err != nil {
		fail(1, "%v", err)
	}
	if response.StatusCode != http.StatusOK {
		fail(1, "the watch is answered %d", response.StatusCode)
	}
	fmt.Println("ready")
	lines := bufio.NewScanner(response.Body)
	lines.Buffer(make([]byte, 64*1024), lineBytesMax)
	var late []float64
	for len(late) < count && lines.Scan() {
		heard := time.Now().UnixNano()
		var event struct {
			Type   string
			Object struct {
				Metadata struct{ Annotations map[string]string }
			}
		}
		if err := json.Unmarshal(lines.Bytes(), &event); err != nil {
			fail(1, "%v", err)
		}
		sent, err := strconv.ParseInt(event.Object.Metadata.Annotations[sentAnnotation], 10, 64)
		if event.Type != "ADDED" || err != nil {
			continue
		}
		late = append(late, float64(heard-sent)/1e6)
	}
	if len(late) < count {
		fail(1, "the watch ended after %d of %d", len(late), count)
	}
	sort.Float64s(late)
	at := func(share float64) float64 { return late[int(share*float64(len(late)-1))] }
	fmt.Printf("{\"p50_ms\": %f, \"p99_ms\": %f, \"count\": %d}\n", at(0.5), at(0.99), len(late))
}

func main() {
	if len(os.Args) < 2 {
		fail(2, "create, watch or relay?")
	}
	flags := flag.NewFlagSet("load "+os.Args[1], flag.ExitOnError)
	server := flags.String("server", "", "URL of the API server")
	authority := flags.String("ca", "", "file with the certificate of its authority")
	pair := flags.String("pair", "", "file with the client's key and certificate")
	namespace := flags.String("namespace", "load", "where the Pods are")
	first := flags.Int("first", 0, "number of the first Pod")
	count := flags.Int("count", 1, "how many Pods")
	rate := flags.Float64("rate", 0, "Pods a second; 0: as fast as they are answered")
	_ = flags.Parse(os.Args[2:])
	if os.Args[1] == "relay" {
		relay(*authority)
		return
	}
	to := target{newClient(*authority, *pair), *server, *namespace}
	switch os.Args[1] {
	case "create":
		create(to, *first, *count, *rate)
	case "watch":
		watch(to, *count)
	default:
		fail(2, "create, watch or relay?")
	}
}
