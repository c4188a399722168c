"""A simulated cluster for a suite of a real client: `plumbline sim up` of a world with one cluster."""

import base64
import http.client
import json
import os
import re
import ssl
import sys
import tempfile
import time
import unittest
import urllib.parse

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import binaries  # noqa: E402,F401  (tests/ is where it lives)
from simulated_world import SimulatedWorld  # noqa: E402

PATIENCE_SECONDS = 30.0
WORLD = os.path.join(os.path.dirname(os.path.abspath(__file__)), "world.yaml")


class Cluster(SimulatedWorld):
    """Runs until close(). `kubeconfig` is that of an administrator of the cluster."""

    def __init__(self):
        with open(WORLD, encoding="utf-8") as text:
            super().__init__(text.read().replace("name: interop", "name: NAME"))
        self.kubeconfig = os.path.join(self.folder, "cls-1.kubeconfig")


class Connection:
    """One kept-alive connection to the API server, for what a suite must do besides its client."""

    def __init__(self, cluster, certificate=True):
        """Without a certificate it is nobody's connection. `raw` is the http.client connection."""
        with open(cluster.kubeconfig, encoding="utf-8") as text:
            config = text.read()

        def value(key):
            return re.search(rf"{key}: \"?([^\s\"]+)", config).group(1)
        context = ssl.create_default_context(cadata=base64.b64decode(value("certificate-authority-data")).decode())
        if certificate:
            with tempfile.NamedTemporaryFile(dir=cluster.folder) as pair:
                for part in ("client-certificate-data", "client-key-data"):
                    pair.write(base64.b64decode(value(part)))
                pair.flush()
                context.load_cert_chain(pair.name)
        server = urllib.parse.urlsplit(value("server"))
        self.raw = http.client.HTTPSConnection(server.hostname, server.port, context=context, timeout=60)

    def __call__(self, method, path, body=None, content_type="application/json"):
        """(status, answer)"""
        self.raw.request(method, path, None if body is None else json.dumps(body), {"Content-Type": content_type})
        response = self.raw.getresponse()
        return response.status, json.loads(response.read())

    def close(self):
        self.raw.close()


class Suite(unittest.TestCase):
    """Tests of one class share a cluster; each has a namespace of its own, which is its name."""

    @classmethod
    def setUpClass(cls):
        cls.cluster = Cluster()
        cls.addClassCleanup(cls.cluster.close)
        cls.ask = Connection(cls.cluster)
        cls.addClassCleanup(cls.ask.close)

    @property
    def space(self):
        return self._testMethodName.removeprefix("test_").replace("_", "-")

    def make_namespace(self):
        self.assertEqual(201, self.ask("POST", "/api/v1/namespaces", {"metadata": {"name": self.space}})[0])

    def eventually(self, question, expected=True, patience=PATIENCE_SECONDS):
        """Asks until the answer is as expected; the last answer is told when it never is."""
        deadline = time.monotonic() + patience
        while True:
            answer = question()
            if answer == expected or time.monotonic() > deadline:
                break
            time.sleep(0.05)
        self.assertEqual(expected, answer)


def client_program(default):
    """The program that the suite is about: $INTEROP_CLIENT, or what `default` of clients.py gives."""
    return os.environ.get("INTEROP_CLIENT") or default().program
