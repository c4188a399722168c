#!/usr/bin/env python3
"""The main job on real input: people use kubectl on a simulated cluster, and the gateway's traffic follows.

kubectl (whatever version is on PATH) applies the same manifests that the standard world is made of, scales and deletes;
plumbline-gateway runs at its instance as a candidate would and is told only what the contract tells it.
"""

import collections
import json
import os
import subprocess
import time
import unittest

import binaries
from simulated_world import SimulatedWorld

MANIFESTS = binaries.scenario_path("manifests")
FOLLOWS_WITHIN_SECONDS = 5.0  # the contract's default propagation deadline

USER = r"""
import http.client, json, sys
address, path, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
connection = http.client.HTTPConnection(address, 80, timeout=10)
for _ in range(count):
    connection.request("GET", path)
    response = connection.getresponse()
    response.read()
    print(response.status, response.headers.get("X-Pod", ""))
"""


class Gateway:
    """plumbline-gateway at an instance of a running simulation, spoken to by the contract."""

    def __init__(self, instance):
        self.process = subprocess.Popen(
            [binaries.PLUMBLINE, "sim", "exec", "--world", "bare", instance, "--",
             os.path.join(binaries.BIN, "plumbline-gateway"), "--stdio"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.number = 0

    def call(self, method, **params):
        self.number += 1
        print(json.dumps({"jsonrpc": "2.0", "id": self.number, "method": method, "params": params}),
              file=self.process.stdin, flush=True)
        for line in self.process.stdout:
            message = json.loads(line)
            if message.get("id") == self.number:
                if "error" in message:
                    raise AssertionError(f"{method}: {message['error']}")
                return message["result"]
        raise AssertionError(f"{method}: the gateway ended")

    def close(self):
        self.process.stdin.close()
        self.process.wait(timeout=10)
        self.process.stdout.close()


class ASimulatedCluster(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.world = SimulatedWorld(file=binaries.scenario_path("worlds/bare.yaml"))
        cls.addClassCleanup(cls.world.close)
        with open(os.path.join(cls.world.folder, "hello.json"), encoding="utf-8") as text:
            cls.hello = json.load(text)
        cls.address = cls.hello["listen"][0]["address"]

    def kubectl(self, cluster, *arguments):
        return self.world.answer(cluster, *arguments)

    def pods(self, cluster):
        names = self.kubectl(cluster, "get", "pods", "-l", "app=httpbin", "-o", "name").split()
        return {f"{cluster}/default/{name.removeprefix('pod/')}" for name in names}

    def served(self, requests):
        """How often each Pod answered one user's keep-alive connection."""
        done = subprocess.run([binaries.PLUMBLINE, "sim", "exec", "--world", "bare", "vpc-1", "--", "/usr/bin/python3", "-c",
                               USER, self.address, "/get", str(requests)], capture_output=True, text=True, timeout=60, check=True)
        answers = [line.split(" ", 1) for line in done.stdout.splitlines()]
        self.assertEqual(requests, len(answers), done.stderr)
        self.assertEqual({"200"}, {status for status, _ in answers}, answers)
        return collections.Counter(pod.split("#")[0].strip() for _, pod in answers)

    def assert_traffic_follows(self, *clusters):
        expected = set().union(*(self.pods(cluster) for cluster in clusters))
        deadline = time.monotonic() + FOLLOWS_WITHIN_SECONDS
        while True:
            served = set(self.served(2 * len(expected)))
            if served == expected or time.monotonic() > deadline:
                break
        self.assertEqual(expected, served)
        return expected

    def test_is_followed_by_the_gateways_traffic(self):
        for cluster in ("cls-1", "cls-2"):
            self.kubectl(cluster, "apply", "-f", os.path.join(MANIFESTS, f"httpbin-{cluster}.yaml"))
            for version in ("v1", "v2", "v3"):
                self.kubectl(cluster, "rollout", "status", f"deployment/httpbin-{version}", "--timeout=30s")

        gateway = Gateway("instance-1")
        self.addCleanup(gateway.close)
        gateway.call("hello", **self.hello)
        for cluster in ("cls-1", "cls-2"):
            gateway.call("cluster.authorize", **{"as": "owner", "cluster": cluster})
        row = {"namespace": "default", "service": "httpbin", "port": 8000, "weight": 1}
        tunnel = gateway.call("tunnel.create", **{
            "as": "owner", "name": "to-httpbin", "type": "tke", "region": self.hello["region"], "vpc": "vpc-1",
            "services": [{"cluster": "cls-1", **row}, {"cluster": "cls-2", **row}], "backend": {"scheme": "http"}})["tunnel"]
        service = gateway.call("apiService.create", **{"as": "owner", "name": "web", "instance": "instance-1",
                                                       "protocols": "http"})["apiService"]
        api = gateway.call("api.create", **{
            "as": "owner", "apiService": service, "name": "all",
            "frontend": {"method": "ANY", "path": "/", "match": "prefix"},
            "backend": {"type": "vpc", "tunnelType": "tke", "tunnel": tunnel}, "timeout": 5000})["api"]
        gateway.call("api.release", **{"as": "owner", "api": api, "environment": "release"})

        first = self.assert_traffic_follows("cls-1", "cls-2")
        self.assertGreater(len(first), 3)

        self.kubectl("cls-1", "scale", "deployment", "httpbin-v1", "--replicas=5")
        self.kubectl("cls-1", "rollout", "status", "deployment/httpbin-v1", "--timeout=30s")
        scaled = self.assert_traffic_follows("cls-1", "cls-2")
        self.assertEqual(5, len([pod for pod in scaled if pod.startswith("cls-1/default/httpbin-v1-")]))

        self.kubectl("cls-2", "delete", "deployment", "httpbin-v2", "--cascade=foreground")  # waits: its Pods go first
        deleted = self.assert_traffic_follows("cls-1", "cls-2")
        self.assertFalse([pod for pod in deleted if pod.startswith("cls-2/default/httpbin-v2-")])

        self.kubectl("cls-1", "label", "pods", "-l", "version=3", "app=elsewhere", "--overwrite")
        self.assert_traffic_follows("cls-1", "cls-2")


if __name__ == "__main__":
    unittest.main()
