#!/usr/bin/env python3
"""What happens in a cluster is recorded, and happens again as it did for a real client: `plumbline sim record`, `replay`, and
the kubectl on PATH."""

import json
import os
import shutil
import signal
import subprocess
import tempfile
import unittest

import binaries
from trouble_test import WORLD


def said(process, word):
    """Waits until the process says so on a line of its own."""
    for line in process.stdout:
        if line.strip() == word:
            return
    raise AssertionError(f"{process.args} ended without saying {word}")


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
        assert shutil.which("kubectl"), "kubectl is not on PATH: scripts/install-packages --tests brings Debian's"
        folder = tempfile.TemporaryDirectory(prefix="plumbline-recording-")
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.world = f"recording-{os.getpid()}"
        file = os.path.join(self.folder, "world.yaml")
        with open(file, "w", encoding="utf-8") as text:
            text.write(WORLD.replace("NAME", self.world))
        self.up = self.sim("up", file, "--kubeconfig-dir", self.folder)
        said(self.up, "ready")

    def sim(self, *arguments):
        process = subprocess.Popen([binaries.PLUMBLINE, "sim", *arguments], stdout=subprocess.PIPE, text=True)

        def end():
            process.kill()
            process.wait(timeout=10)
            process.stdout.close()

        self.addCleanup(end)
        return process

    def kubectl(self, *arguments):
        environment = {**os.environ, "KUBECONFIG": os.path.join(self.folder, "cls-1.kubeconfig"), "HOME": self.folder}
        return subprocess.run(["kubectl", *arguments], capture_output=True, text=True, timeout=60, env=environment, check=False)

    def done(self, *arguments):
        done = self.kubectl(*arguments)
        self.assertEqual(0, done.returncode, done.stderr)
        return done.stdout

    def test_a_watcher_sees_what_happened_and_nothing_else(self):
        self.done("create", "configmap", "before")
        file = os.path.join(self.folder, "r.jsonl")
        record = self.sim("record", "cls-1", file, "--world", self.world)
        said(record, "recording")
        self.done("create", "configmap", "a", "--from-literal=x=1")
        self.done("patch", "configmap", "a", "-p", '{"data": {"x": "2"}}')
        self.done("delete", "configmap", "before", "a")
        self.done("create", "configmap", "last")
        record.send_signal(signal.SIGINT)
        self.assertEqual(0, record.wait(timeout=20))
        self.up.terminate()
        self.assertEqual(0, self.up.wait(timeout=20))

        with open(file, encoding="utf-8") as lines:
            changes = [line for line in map(json.loads, lines) if "atUs" in line and line["object"]["kind"] == "ConfigMap"]
        self.assertEqual([("ADDED", "a"), ("MODIFIED", "a"), ("DELETED", "before"), ("DELETED", "a"), ("ADDED", "last")],
                         [(change["op"], change["object"]["metadata"]["name"]) for change in changes])

        replay = self.sim("replay", file, "--speed", "max", "--when-watched", "--once", "--kubeconfig-dir", self.folder)
        said(replay, "ready")
        self.assertEqual("configmap/before", self.done("get", "configmap", "before", "-o", "name").strip())
        old = self.kubectl("get", "--raw", "/api/v1/configmaps?resourceVersion=1&resourceVersionMatch=Exact")
        self.assertIn("too old resource version", old.stderr)
        refused = self.kubectl("delete", "configmap", "before")
        self.assertIn("this cluster replays a recording: it can only be read", refused.stderr)
        seen = watch_events(self.done("get", "configmaps", "--watch-only", "--output-watch-events", "-o", "json"))
        self.assertEqual([(change["op"], change["object"]) for change in changes], [(event["type"], event["object"]) for event in seen])
        self.assertEqual(0, replay.wait(timeout=20))
        self.assertFalse(os.path.exists(os.path.join(self.folder, "cls-1.kubeconfig")))


if __name__ == "__main__":
    unittest.main()
