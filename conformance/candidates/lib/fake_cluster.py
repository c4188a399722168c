"""For tests of adapters: an API server that lists and watches Services and Pods, and Pods that say who they are."""

import http.server
import json
import queue
import socket
import threading
import urllib.parse

POLL_SECONDS = 0.02  # how soon a server notices that it is to close

class FakeCluster:
    """LIST, WATCH and reading one object, of two kinds, over plain HTTP; objects are put and taken away by the test."""

    def __init__(self):
        self._version = 1
        self._objects = {"services": {}, "pods": {}}
        self._history = []
        self._watchers = []
        self._lock = threading.Lock()
        cluster = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def do_GET(self):
                target = urllib.parse.urlparse(self.path)
                query = urllib.parse.parse_qs(target.query)
                since = int(query["resourceVersion"][0]) if "watch" in query else None
                parts = target.path.strip("/").split("/")
                if "namespaces" in parts:
                    cluster._read(self, parts[-2], parts[-1])
                else:
                    cluster._serve(self, parts[-1], since)

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(POLL_SECONDS,), daemon=True).start()

    def close(self):
        self._server.shutdown()
        self._server.server_close()

    def write_kubeconfig(self, path):
        server = f"http://127.0.0.1:{self._server.server_port}"
        with open(path, "w", encoding="utf-8") as out:
            json.dump({"apiVersion": "v1", "kind": "Config", "current-context": "c",
                       "clusters": [{"name": "c", "cluster": {"server": server}}],
                       "users": [{"name": "u", "user": {"token": "t"}}],
                       "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u"}}]}, out)
        return path

    def put_service(self, name, selector, port, target):
        self._commit("services", {"metadata": {"name": name, "namespace": "default", "uid": f"s-{name}"},
                                  "spec": {"selector": selector, "ports": [{"port": port, "targetPort": target}]}})

    def put_pod(self, name, address, port, labels, ready=True):
        self._commit("pods", {"metadata": {"name": name, "namespace": "default", "uid": f"u-{name}", "labels": labels},
                              "spec": {"containers": [{"name": "c", "ports": [{"containerPort": port, "name": "web"}]}]},
                              "status": {"podIP": address, "phase": "Running",
                                         "conditions": [{"type": "Ready", "status": str(ready)}]}})

    def take_pod(self, name):
        with self._lock:
            taken = self._objects["pods"].pop(name)
            self._tell("pods", "DELETED", taken)

    def break_watches(self):
        """Ends every watch; watchers must come back by themselves."""
        with self._lock:
            for _, events in self._watchers:
                events.put(None)
            self._watchers.clear()

    def _commit(self, kind, item):
        with self._lock:
            known = item["metadata"]["name"] in self._objects[kind]
            self._objects[kind][item["metadata"]["name"]] = item
            self._tell(kind, "MODIFIED" if known else "ADDED", item)

    def _tell(self, kind, change, item):
        self._version += 1
        item = json.loads(json.dumps(item))
        item["metadata"]["resourceVersion"] = str(self._version)
        event = {"type": change, "object": item}
        self._history.append((self._version, kind, event))
        for watched, events in self._watchers:
            if watched == kind:
                events.put(event)

    @staticmethod
    def _answer(request, status, value):
        body = json.dumps(value).encode()
        request.send_response(status)
        request.send_header("Content-Type", "application/json")
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)

    def _read(self, request, kind, name):
        with self._lock:
            item = self._objects[kind].get(name)
        self._answer(request, 200 if item else 404, item or {"kind": "Status", "code": 404})

    def _serve(self, request, kind, since):
        if since is None:
            with self._lock:
                everything = {"metadata": {"resourceVersion": str(self._version)}, "items": list(self._objects[kind].values())}
            self._answer(request, 200, everything)
            return
        events = queue.Queue()
        with self._lock:
            for version, of, event in self._history:
                if of == kind and version > since:
                    events.put(event)
            self._watchers.append((kind, events))
        request.send_response(200)
        request.send_header("Content-Type", "application/json")
        request.send_header("Transfer-Encoding", "chunked")
        request.end_headers()
        while (event := events.get()) is not None:
            line = json.dumps(event).encode() + b"\n"
            request.wfile.write(b"%x\r\n%s\r\n" % (len(line), line))
        request.wfile.write(b"0\r\n\r\n")


class FakePods:
    """Pods at 127.0.1.N on one port; each answers with its address, and the path and headers that it saw."""

    def __init__(self, count):
        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def do_GET(self):
                body = json.dumps({"pod": self.server.server_address[0], "path": self.path,
                                   "headers": {name.lower(): value for name, value in self.headers.items()}}).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_POST = do_GET

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_):
                """A proxy that resets an idle connection is no error of the Pod's."""

        self.addresses = [f"127.0.1.{index + 1}" for index in range(count)]
        self.port = free_port(self.addresses[0])
        self._servers = [Server((address, self.port), Handler) for address in self.addresses]
        for server in self._servers:
            threading.Thread(target=server.serve_forever, args=(POLL_SECONDS,), daemon=True).start()

    def close(self):
        for server in self._servers:
            server.shutdown()
            server.server_close()


def free_port(address):
    with socket.socket() as probe:
        probe.bind((address, 0))
        return probe.getsockname()[1]
