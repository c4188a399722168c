#!/usr/bin/python3
"""The adapter over its stdio, with a real HAProxy between fake clusters and fake Pods on loopback."""

import collections
import contextlib
import http.client
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import unittest.mock

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "lib"))

import haproxy_adapter  # noqa: E402  pylint: disable=wrong-import-position
from cluster_follower import Node  # noqa: E402  pylint: disable=wrong-import-position
from fake_cluster import FakeCluster, FakePods, free_port  # noqa: E402  pylint: disable=wrong-import-position
from haproxy_adapter import HAProxyAdapter  # noqa: E402  pylint: disable=wrong-import-position
from plumbline_adapter import Refusal  # noqa: E402  pylint: disable=wrong-import-position

DEADLINE_SECONDS = 5.0  # the propagation deadline of the descriptor


class HAProxyAdapterTest(unittest.TestCase):
    def setUp(self):
        self.pods = FakePods(6)
        self.clusters = [FakeCluster(), FakeCluster()]
        for cluster, target in zip(self.clusters, (self.pods.port, "web")):
            cluster.put_service("httpbin", {"app": "httpbin"}, 8000, target)
        self.folder = tempfile.TemporaryDirectory()
        self.log = open(os.path.join(self.folder.name, "log"), "w", encoding="utf-8")
        self.adapter = subprocess.Popen([os.path.join(HERE, "haproxy_adapter.py")], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=self.log, text=True, bufsize=1)
        self.port = free_port("127.0.0.1")
        self.number = 0

    def tearDown(self):
        self.adapter.stdin.close()
        self.adapter.wait(10)
        self.adapter.stdout.close()
        self.log.close()
        for fake in (self.pods, *self.clusters):
            fake.close()
        self.folder.cleanup()

    # ---- talking to the adapter ----

    def ask(self, method, **params):
        self.number += 1
        self.adapter.stdin.write(json.dumps({"jsonrpc": "2.0", "id": self.number, "method": method, "params": params}) + "\n")
        while True:
            answer = json.loads(self.adapter.stdout.readline())
            if answer.get("id") == self.number:
                return answer

    def do(self, method, **params):
        answer = self.ask(method, **params)
        self.assertIn("result", answer, method)
        return answer["result"]

    def refused(self, method, **params):
        return self.refusal(method, **params)["data"]["reason"]

    def refusal(self, method, **params):
        answer = self.ask(method, **params)
        self.assertIn("error", answer, method)
        return answer["error"]

    def hello(self):
        kubeconfigs = [cluster.write_kubeconfig(os.path.join(self.folder.name, f"cls-{index + 1}"))
                       for index, cluster in enumerate(self.clusters)]
        return self.do("hello", contract=1, region="r", workDir=self.folder.name, seed=1,
                       instances=[{"id": "i-1", "kind": "dedicated", "region": "r", "vpc": "v", "address": "127.0.0.1",
                                   "attached": True}],
                       listen=[{"address": "127.0.0.1", "http": self.port}],
                       clusters=[{"cluster": f"cls-{index + 1}", "kubeconfig": path} for index, path in enumerate(kubeconfigs)])

    @staticmethod
    def row(cluster, weight=1, **more):
        return {"cluster": cluster, "namespace": "default", "service": "httpbin", "port": 8000, "weight": weight, **more}

    def tunnel(self, *rows, **backend):
        return self.do("tunnel.create", **{"as": "owner"}, name="t", type="tke", region="r", vpc="v", services=list(rows),
                       backend={"scheme": "http", **backend})["tunnel"]

    def publish(self, tunnel, path="/", match="prefix", method="ANY", to=None):
        service = self.do("apiService.create", name="s", instance="i-1", protocols="http")["apiService"]
        backend = {"type": "vpc", "tunnelType": "tke", "tunnel": tunnel, **({"path": to} if to else {})}
        api = self.do("api.create", apiService=service, name="a", frontend={"method": method, "path": path, "match": match},
                      backend=backend, timeout=15000, response={"type": "HTML"})["api"]
        self.do("api.release", api=api, environment="release")
        return api

    # ---- being a user ----

    def get(self, path, method="GET", connection=None):
        with contextlib.ExitStack() as own:
            if connection is None:
                connection = own.enter_context(contextlib.closing(self.connect()))
            connection.request(method, path)
            with connection.getresponse() as answer:
                body = answer.read()
                return answer.status, json.loads(body) if answer.status == 200 else {}

    def connect(self):
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)

    def seen(self, path="/", requests=40):
        return {self.get(path)[1].get("pod") for _ in range(requests)}

    def within_deadline(self, condition, what):
        end = time.monotonic() + DEADLINE_SECONDS
        while not condition():
            self.assertLess(time.monotonic(), end, what)

    # ---- tests ----

    def test_hello_declares_and_unknown_methods_are_refused(self):
        result = self.hello()
        self.assertEqual((1, "haproxy", 1), (result["contract"], result["name"], result["workers"]))
        for absent in ("cluster-authorization", "instances", "regions", "vpc-scope", "service-limit"):
            self.assertNotIn(absent, result["features"])
        self.assertEqual(-32601, self.ask("no.such")["error"]["code"])

    def test_weights_hold_across_clusters_on_one_connection(self):
        for index in range(2):
            self.clusters[0].put_pod(f"p{index}", self.pods.addresses[index], self.pods.port, {"app": "httpbin"})
        self.clusters[1].put_pod("q", self.pods.addresses[2], self.pods.port, {"app": "httpbin"})
        self.clusters[0].put_pod("waits", self.pods.addresses[3], self.pods.port, {"app": "httpbin"}, ready=False)
        self.hello()
        self.publish(self.tunnel(self.row("cls-1"), self.row("cls-2", weight=3)))
        with contextlib.closing(self.connect()) as connection:
            counts = collections.Counter(self.get("/", connection=connection)[1]["pod"] for _ in range(100))
        self.assertEqual({self.pods.addresses[0]: 20, self.pods.addresses[1]: 20, self.pods.addresses[2]: 60}, counts)

    def test_pods_are_followed_also_after_a_broken_watch(self):
        one, two, three = self.pods.addresses[:3]
        self.clusters[0].put_pod("one", one, self.pods.port, {"app": "httpbin"})
        self.hello()
        self.publish(self.tunnel(self.row("cls-1")))
        self.assertEqual({one}, self.seen())
        self.clusters[0].put_pod("two", two, self.pods.port, {"app": "httpbin"})
        self.within_deadline(lambda: self.seen() == {one, two}, "a new Pod is served")
        self.clusters[0].take_pod("one")
        self.within_deadline(lambda: self.seen() == {two}, "a deleted Pod is not")
        self.clusters[0].put_pod("other", one, self.pods.port, {"app": "other"})
        self.clusters[0].break_watches()
        self.clusters[0].put_pod("three", three, self.pods.port, {"app": "httpbin"})
        self.within_deadline(lambda: self.seen() == {two, three}, "the watch comes back")
        self.clusters[0].take_pod("two")
        self.clusters[0].take_pod("three")
        self.within_deadline(lambda: self.get("/")[0] == 503, "no Pod is left")

    def test_more_pods_than_free_slots(self):
        self.hello()
        self.publish(self.tunnel(self.row("cls-1")))
        for index in range(80):
            self.clusters[0].put_pod(f"p{index}", self.pods.addresses[index % 6], self.pods.port, {"app": "httpbin"})
        self.within_deadline(lambda: self.seen(requests=80) == set(self.pods.addresses), "every Pod is served")

    def test_additional_labels_narrow_and_the_service_selector_wins(self):
        self.clusters[0].put_pod("a", self.pods.addresses[0], self.pods.port, {"app": "httpbin", "version": "1"})
        self.clusters[0].put_pod("b", self.pods.addresses[1], self.pods.port, {"app": "httpbin", "version": "2"})
        self.hello()
        tunnel = self.tunnel(self.row("cls-1", labels={"version": "2", "app": "else"}))
        self.publish(tunnel)
        self.assertEqual({self.pods.addresses[1]}, self.seen())
        self.do("tunnel.modify", tunnel=tunnel, services=[self.row("cls-1", labels={"version": "1"})])
        self.within_deadline(lambda: self.seen() == {self.pods.addresses[0]}, "a modified tunnel takes effect")

    def test_routes_by_method_and_path_and_replaces_the_matched_part(self):
        self.clusters[0].put_pod("p", self.pods.addresses[0], self.pods.port, {"app": "httpbin"})
        self.hello()
        tunnel = self.tunnel(self.row("cls-1"), host="httpbin.example:81")
        self.publish(tunnel, path="/web", to="/anything")
        self.publish(tunnel, path="/web/x", match="exact", method="GET")
        for path, arrives in (("/web", "/anything"), ("/web/a%20b?c=%2F", "/anything/a%20b?c=%2F"), ("/web/x?y", "/web/x?y")):
            status, answer = self.get(path)
            self.assertEqual((200, arrives), (status, answer.get("path")), path)
            self.assertEqual("httpbin.example:81", answer["headers"]["host"])
        self.assertEqual("/anything/x", self.get("/web/x", method="POST")[1]["path"])
        self.assertEqual([404, 404], [self.get("/webx")[0], self.get("/")[0]])

    def test_refusals_say_why(self):
        self.hello()
        good = {"name": "t", "type": "tke", "region": "r", "vpc": "v", "backend": {"scheme": "http"}}
        for reason, rows in (("NotFound", [self.row("cls-9")]), ("NotFound", [{**self.row("cls-1"), "service": "none"}]),
                             ("NotFound", [{**self.row("cls-1"), "port": 81}]), ("InvalidValue", [self.row("cls-1", weight=101)]),
                             ("InvalidValue", [self.row("cls-1", weight=True)])):
            self.assertEqual(reason, self.refused("tunnel.create", **good, services=rows))
        self.assertEqual("InvalidValue", self.refused("tunnel.create", **{**good, "type": "vm"}, services=[]))
        tunnel = self.tunnel(self.row("cls-1"))
        api = self.publish(tunnel)
        self.assertEqual("InUse", self.refused("tunnel.delete", tunnel=tunnel))
        self.do("api.unrelease", api=api)
        self.assertEqual(404, self.get("/")[0])

    def test_a_definition_that_haproxy_refuses_changes_nothing_and_says_why(self):
        one, two, three = self.pods.addresses[:3]
        self.clusters[0].put_pod("one", one, self.pods.port, {"app": "httpbin", "version": "1"})
        self.clusters[0].put_pod("two", two, self.pods.port, {"app": "httpbin", "version": "2"})
        self.hello()
        tunnel = self.tunnel(self.row("cls-1"), host="good.example")
        api = self.publish(tunnel)
        self.assertEqual({one, two}, self.seen())
        bad = {"tunnel": tunnel, "backend": {"scheme": "http", "host": "bad\nexample"},
               "services": [self.row("cls-1", labels={"version": "2"})]}
        with contextlib.closing(self.connect()) as connection:
            self.get("/", connection=connection)
            refusal = self.refusal("tunnel.modify", **bad)
            self.assertEqual(200, self.get("/", connection=connection)[0], "an open connection goes on")
        self.assertEqual("InvalidValue", refusal["data"]["reason"])
        self.assertIn("HAProxy refuses this definition: unmatched quote", refusal["message"])
        described = self.do("tunnel.describe", tunnel=tunnel)
        self.assertEqual(("good.example", [self.row("cls-1")]), (described["backend"]["host"], described["services"]))
        self.assertEqual({one, two}, self.seen())
        self.assertEqual("good.example", self.get("/")[1]["headers"]["host"])
        self.assertEqual("InvalidValue", self.refused("api.modify", api=api, timeout=10 ** 15))
        # What came before is still followed, in the right slots ...
        self.clusters[0].take_pod("one")
        self.clusters[0].put_pod("three", three, self.pods.port, {"app": "httpbin", "version": "2"})
        self.within_deadline(lambda: self.seen() == {two, three}, "Pods are followed after a refusal")
        # ... and the next good definition is taken.
        self.do("tunnel.modify", tunnel=tunnel, backend={"scheme": "http", "host": "new.example"})
        self.within_deadline(lambda: self.get("/")[1]["headers"]["host"] == "new.example", "a good definition after a bad one")
        self.assertEqual({two, three}, self.seen())

    def test_an_api_that_haproxy_refuses_is_not_released(self):
        self.clusters[0].put_pod("p", self.pods.addresses[0], self.pods.port, {"app": "httpbin"})
        self.hello()
        tunnel = self.tunnel(self.row("cls-1"))
        self.publish(tunnel, path="/good")
        service = self.do("apiService.create", name="s", instance="i-1", protocols="http")["apiService"]
        api = self.do("api.create", apiService=service, name="a", frontend={"method": "ANY", "path": "/a\nb", "match": "exact"},
                      backend={"type": "vpc", "tunnelType": "tke", "tunnel": tunnel}, response={"type": "HTML"})["api"]
        self.assertEqual("InvalidValue", self.refused("api.release", api=api, environment="release"))
        self.assertEqual([200, 404], [self.get("/good")[0], self.get("/a")[0]])
        self.do("api.modify", api=api, frontend={"method": "ANY", "path": "/a", "match": "exact"})
        self.do("api.release", api=api, environment="release")
        self.assertEqual([200, 200], [self.get("/good")[0], self.get("/a")[0]])

    def test_stop_ends_everything(self):
        self.hello()
        self.do("stop")
        self.assertEqual(0, self.adapter.wait(5))
        with self.assertRaises(OSError):
            self.get("/")


class AReloadThatFails(unittest.TestCase):
    """The adapter without its proxy: HAProxy liked the configuration, and then did not come back with it."""

    class Unreachable(HAProxyAdapter):
        def __init__(self, folder):
            super().__init__()
            self.hello = {"listen": [{"address": "127.0.0.1", "http": 1}]}
            self.file, self.master_path, self.socket_path = (os.path.join(folder, name) for name in ("cfg", "master", "socket"))
            self.process = unittest.mock.Mock(poll=lambda: None)
            self.told, self.logged, self.those, self.generation = [], [], [], 1
            self.reachable, self.reloaded = False, threading.Event()

        def log(self, level, message):
            self.logged.append(message)

        def nodes(self, tunnel):
            return self.those

        def _tell(self, commands, path):
            self.told.append(commands)
            if path == self.master_path and not self.reachable:
                raise ConnectionRefusedError("no master")
            if commands == "reload":
                self.generation += 1
                self.reloaded.set()
            return f"Pid: {self.generation}\n"

    def test_is_reported_and_leaves_file_and_slots_as_they_were(self):
        with tempfile.TemporaryDirectory() as folder, unittest.mock.patch.object(haproxy_adapter, "AGAIN_SECONDS", 3600):
            adapter = self.Unreachable(folder)
            with open(adapter.file, "w", encoding="utf-8") as out:
                out.write("what serves")
            adapter.backends = slots = {"api-1": object()}
            for _ in range(2):  # the second time too: nobody knows what HAProxy has
                with self.assertRaises(Refusal) as refused:
                    adapter.definitions_changed()
                self.assertEqual("Unavailable", refused.exception.data["reason"])
                self.assertEqual("HAProxy did not take the new configuration: no master", str(refused.exception))
                with open(adapter.file, encoding="utf-8") as text:
                    self.assertEqual("what serves", text.read())
                self.assertIs(slots, adapter.backends)
            self.assertEqual(2, adapter.told.count("reload"))
            self.assertEqual(["cfg"], os.listdir(folder))
            adapter.again.cancel()

    def test_of_the_runtime_or_the_check_is_tried_again_too(self):
        with tempfile.TemporaryDirectory() as folder, unittest.mock.patch.object(haproxy_adapter, "AGAIN_SECONDS", 3600):
            adapter = self.Unreachable(folder)
            adapter.tunnels, adapter.released = {"t": {}}, {"api-1"}
            adapter.apis = {"api-1": {"backend": {"tunnel": "t"}, "frontend": {"method": "ANY", "path": "/", "match": "exact"}}}
            adapter.backends, adapter.written = adapter._configuration()
            adapter.those = [Node("p", "10.0.0.1", 80, 1, {})]
            slow = subprocess.TimeoutExpired("haproxy", 5)
            with unittest.mock.patch.object(adapter, "_tell", side_effect=ConnectionRefusedError("no worker")), \
                    unittest.mock.patch.object(subprocess, "run", side_effect=slow):
                adapter.nodes_changed("t")
            self.assertEqual(["HAProxy did not follow: cannot: no worker",
                              "HAProxy does not follow: HAProxy does not check a configuration in 5 s"], adapter.logged)
            self.assertIsNone(adapter.written)
            self.assertEqual([], os.listdir(folder))
            adapter.again.cancel()
            adapter.stopped()
            adapter.again = None
            adapter._lost()
            self.assertIsNone(adapter.again, "nothing is tried after the end")

    def test_is_tried_again_until_haproxy_takes_the_pods_of_then(self):
        with tempfile.TemporaryDirectory() as folder, unittest.mock.patch.object(haproxy_adapter, "AGAIN_SECONDS", 0.01):
            adapter = self.Unreachable(folder)
            adapter.tunnels = {"t": {}}
            adapter.apis = {"api-1": {"backend": {"tunnel": "t"}, "frontend": {"method": "ANY", "path": "/", "match": "exact"}}}
            adapter.released = {"api-1"}
            with adapter.lock:
                adapter.backends, adapter.written = adapter._configuration()
            with open(adapter.file, "w", encoding="utf-8") as out:
                out.write(adapter.written)
            with adapter.lock:  # as a follower's thread does; no slot is left for the last one
                adapter.those = [Node(f"p{index}", f"10.0.0.{index}", 80, 1, {}) for index in range(haproxy_adapter.SLOTS_FREE + 1)]
                adapter.nodes_changed("t")
                adapter.those = adapter.those[1:]
                adapter.nodes_changed("t")
                self.assertEqual(["HAProxy does not follow: HAProxy did not take the new configuration: no master"], adapter.logged)
                self.assertEqual(["show info", "reload"], adapter.told)
                self.assertIsNone(adapter.written)
                adapter.reachable = True
            self.assertTrue(adapter.reloaded.wait(DEADLINE_SECONDS))
            with adapter.lock:
                self.assertIsNone(adapter.again)
                self.assertEqual(adapter._configuration()[1], adapter.written)
            with open(adapter.file, encoding="utf-8") as text:
                self.assertEqual(adapter.written, text.read())
            self.assertNotIn("10.0.0.0:", adapter.written)
            self.assertIn("10.0.0.64:", adapter.written)


if __name__ == "__main__":
    unittest.main()
