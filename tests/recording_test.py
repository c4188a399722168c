#!/usr/bin/env python3
"""What happens in a cluster is recorded, and happens again as it did for a real client: `plumbline sim record`, `replay`, and
the kubectl on PATH."""

import json
import os
import signal
import subprocess
import unittest

import binaries
from simulated_world import SimulatedWorld, await_word


def watch_events(text):
    """JSON documents, one after the other."""
    decoder, events, at = json.JSONDecoder(), [], 0
    while text[at:].strip():
        at += len(text[at:]) - len(text[at:].lstrip())
        event, at = decoder.raw_decode(text, at)
        events.append(event)
    return events


class Recording(unittest.TestCase):
    def setUp(self):
        self.world = SimulatedWorld()
        self.addCleanup(self.world.close)

    def sim(self, *arguments):
        process = subprocess.Popen([binaries.PLUMBLINE, "sim", *arguments], stdout=subprocess.PIPE, text=True)

        def end():
            process.kill()
            process.wait(timeout=10)
            process.stdout.close()

        self.addCleanup(end)
        return process

    def kubectl(self, *arguments):
        return self.world.kubectl("cls-1", *arguments)

    def answer(self, *arguments):
        return self.world.answer("cls-1", *arguments)

    def test_a_watcher_sees_what_happened_and_nothing_else(self):
        self.answer("create", "configmap", "before")
        file = os.path.join(self.world.folder, "r.jsonl")
        record = self.sim("record", "cls-1", file, "--world", self.world.name)
        await_word(record, "recording")
        self.answer("create", "configmap", "a", "--from-literal=x=1")
        self.answer("patch", "configmap", "a", "-p", '{"data": {"x": "2"}}')
        self.answer("delete", "configmap", "before", "a")
        self.answer("create", "configmap", "last")
        record.send_signal(signal.SIGINT)
        self.assertEqual(0, record.wait(timeout=20))
        self.assertEqual(0, self.world.end())

        with open(file, encoding="utf-8") as lines:
            changes = [line for line in map(json.loads, lines) if "atUs" in line and line["object"]["kind"] == "ConfigMap"]
        self.assertEqual([("ADDED", "a"), ("MODIFIED", "a"), ("DELETED", "before"), ("DELETED", "a"), ("ADDED", "last")],
                         [(change["op"], change["object"]["metadata"]["name"]) for change in changes])

        replay = self.sim("replay", file, "--speed", "max", "--when-watched", "--once", "--kubeconfig-dir", self.world.folder)
        await_word(replay, "ready")
        self.assertEqual("configmap/before", self.answer("get", "configmap", "before", "-o", "name").strip())
        old = self.kubectl("get", "--raw", "/api/v1/configmaps?resourceVersion=1&resourceVersionMatch=Exact")
        self.assertIn("too old resource version", old.stderr)
        refused = self.kubectl("delete", "configmap", "before")
        self.assertIn("this cluster replays a recording: it can only be read", refused.stderr)
        seen = watch_events(self.answer("get", "configmaps", "--watch-only", "--output-watch-events", "-o", "json"))
        self.assertEqual([(change["op"], change["object"]) for change in changes], [(event["type"], event["object"]) for event in seen])
        self.assertEqual(0, replay.wait(timeout=20))
        self.assertFalse(os.path.exists(os.path.join(self.world.folder, "cls-1.kubeconfig")))


if __name__ == "__main__":
    unittest.main()
