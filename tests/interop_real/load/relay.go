// The least that a server can do between who creates and who watches.
package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"sync"
	"time"
)

const waitingMax = 100_000 // events of one watcher

type watchers struct {
	lock sync.Mutex
	all  map[chan []byte]bool
}

func (w *watchers) tell(line []byte) {
	w.lock.Lock()
	defer w.lock.Unlock()
	for each := range w.all {
		each <- line
	}
}

func (w *watchers) add() chan []byte {
	w.lock.Lock()
	defer w.lock.Unlock()
	each := make(chan []byte, waitingMax)
	w.all[each] = true
	return each
}

func (w *watchers) remove(each chan []byte) {
	w.lock.Lock()
	defer w.lock.Unlock()
	delete(w.all, each)
}

func (w *watchers) ServeHTTP(answer http.ResponseWriter, request *http.Request) {
	if request.Method == http.MethodPost {
		body, err := io.ReadAll(request.Body)
		if err != nil {
			answer.WriteHeader(http.StatusBadRequest)
			return
		}
		line := append(append([]byte(`{"type":"ADDED","object":`), body...), '}', '\n')
		w.tell(line)
		answer.Header().Set("Content-Type", "application/json")
		answer.WriteHeader(http.StatusCreated)
		_, _ = answer.Write(body)
		return
	}
	if !request.URL.Query().Has("watch") {
		return
	}
	mine := w.add()
	defer w.remove(mine)
	flush := answer.(http.Flusher).Flush
	flush()
	for {
		select {
		case line := <-mine:
			if _, err := answer.Write(line); err != nil {
				return
			}
			flush()
		case <-request.Context().Done():
			return
		}
	}
}

// A certificate for 127.0.0.1 that is its own authority.
func certificate() (tls.Certificate, []byte) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		fail(1, "%v", err)
	}
	form := x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		IsCA: true, BasicConstraintsValid: true, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}}
	der, err := x509.CreateCertificate(rand.Reader, &form, &form, &key.PublicKey, key)
	if err != nil {
		fail(1, "%v", err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key},
		pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}

func relay(authority string) {
	own, text := certificate()
	if err := os.WriteFile(authority, text, 0o600); err != nil {
		fail(1, "%v", err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fail(1, "%v", err)
	}
	fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	server := http.Server{Handler: &watchers{all: map[chan []byte]bool{}},
		TLSConfig: &tls.Config{Certificates: []tls.Certificate{own}, ClientAuth: tls.RequestClientCert}}
	fail(1, "%v", server.ServeTLS(listener, "", ""))
}
