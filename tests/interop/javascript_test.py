#!/usr/bin/env python3
"""@kubernetes/client-node on a simulated cluster. The programs are in javascript/, copied beside their node_modules."""

import json
import os
import subprocess
import unittest

import clients
import cluster
import lines

NODE = cluster.client_program(clients.javascript_client)
FOLDER = os.path.join(clients.CACHE, "javascript")


class JavaScript(cluster.Suite):
    def setUp(self):
        self.make_namespace()
        self.path = f"/api/v1/namespaces/{self.space}/configmaps"

    def arguments(self, script):
        return [NODE, os.path.join(FOLDER, script), self.cluster.kubeconfig, self.space]

    def make(self, name, labels):
        self.assertEqual(201, self.ask("POST", self.path, {"metadata": {"name": name, "labels": labels}})[0])

    def relabel(self, name, labels):
        code, _ = self.ask("PATCH", f"{self.path}/{name}", {"metadata": {"labels": labels}}, "application/merge-patch+json")
        self.assertEqual(200, code)

    def test_objects(self):
        done = subprocess.run(self.arguments("objects.mjs"), capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual(0, done.returncode, done.stderr)
        told = json.loads(done.stdout)
        self.assertEqual({"kind": "ConfigMap", "uid": True, "isDate": True}, told["made"])
        self.assertEqual((409, "AlreadyExists"), (told["again"]["code"], told["again"]["reason"]))
        self.assertEqual({"a": "2"}, told["replaced"])
        self.assertEqual((409, "Conflict"), (told["conflict"]["code"], told["conflict"]["reason"]))
        self.assertEqual({"a": "2", "b": "3"}, told["merged"])
        self.assertEqual({"b": "3"}, told["jsonPatched"])
        self.assertEqual(["c"], told["listed"])
        self.assertEqual({"code": 404, "reason": "NotFound", "message": 'configmaps "c" not found'}, told["gone"])
        self.assertEqual(422, told["invalid"]["code"])
        self.assertIn("spec.ports[0].port", told["invalid"]["message"])
        self.assertTrue(told["allowed"])

    def test_informer_follows_its_selector(self):
        self.make("before", {"x": "y"})
        self.make("other", {"x": "z"})
        informer = lines.Program(self, self.arguments("informer.mjs"))
        informer.wait_for("add", "before")
        self.make("after", {"x": "y"})
        informer.wait_for("add", "after")
        self.relabel("after", {"more": "1"})
        informer.wait_for("update", "after")
        self.relabel("after", {"x": "z"})
        informer.wait_for("delete", "after")
        self.relabel("other", {"x": "y"})
        informer.wait_for("add", "other")
        self.ask("DELETE", f"{self.path}/before")
        informer.wait_for("delete", "before")
        self.assertEqual([], informer.abouts("error"))

    def test_informer_goes_on_when_the_server_ends_its_watch(self):
        self.make("a", {"x": "y"})
        informer = lines.Program(self, self.arguments("informer.mjs"))
        informer.wait_for("add", "a")
        for number in range(3):
            connects = len(informer.abouts("connect"))
            informer.wait_until(lambda: len(informer.abouts("connect")) > connects)
            self.make(f"b{number}", {"x": "y"})
            informer.wait_for("add", f"b{number}")
        self.assertEqual([1], informer.abouts("list"), "a watch that ended is taken up where it was, without a new list")
        self.assertEqual(["a", "b0", "b1", "b2"], informer.abouts("add"), "nothing is told twice")
        self.assertEqual([], informer.abouts("error"))


if __name__ == "__main__":
    unittest.main()
