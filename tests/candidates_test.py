#!/usr/bin/env python3
"""What becomes of candidates that fall silent, cannot be introduced, or are attached to instead of started."""

import json
import os
import subprocess
import tempfile
import unittest

import binaries

HANGING = os.path.join(binaries.ROOT, "tests/candidates/hanging.py")
ATTACHED = os.path.join(binaries.ROOT, "conformance/candidates/lib/attached.py")
# Short, so that a whole run against a candidate that hangs fits into a test.
DEADLINES = "{start: 2s, control: 250ms, propagation: 250ms, failover: 250ms}"


class Candidates(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def path(self, name):
        return os.path.join(self.folder, name)

    def descriptor(self, start, deadlines=DEADLINES):
        with open(self.path("mine.yaml"), "w", encoding="utf-8") as text:
            text.write("apiVersion: plumbline/v1\nkind: Candidate\nmetadata: {name: mine}\nspec:\n  driver: jsonrpc\n"
                       f"  {start}\n  deadlines: {deadlines}\n")
        return self.path("mine.yaml")

    def judged(self, *arguments, timeout=280):
        done = binaries.run(*arguments, "--json", self.path("report.json"), "--junit", self.path("junit.xml"), timeout=timeout)
        with open(self.path("report.json"), encoding="utf-8") as text:
            return done, json.load(text)


class ACandidateThatIsAttachedTo(Candidates):
    def test_is_judged_like_any_other(self):
        gateway = os.path.join(binaries.BIN, "plumbline-gateway")
        listening = subprocess.Popen(["/usr/bin/python3", ATTACHED, self.path("s"), gateway, "--stdio"], stdout=subprocess.PIPE,
                                     stderr=subprocess.PIPE, text=True, cwd=self.folder)
        self.addCleanup(listening.communicate)
        self.addCleanup(listening.terminate)
        self.assertEqual(f"listening on {self.path('s')}\n", listening.stdout.readline())
        candidate = self.descriptor("attach: unix:s", "{propagation: 2s}")
        done, report = self.judged("run", binaries.scenario_path("suites/round-robin.yaml"), binaries.scenario_path("suites/describe.yaml"),
                                   "--candidate", candidate)
        self.assertEqual(0, done.returncode, done.stdout + done.stderr)
        self.assertEqual({"PASS"}, {one["verdict"] for one in report["scenarios"]})
        self.assertEqual("plumbline-reference", report["candidate"]["name"])
        check = binaries.run("candidate", "check", candidate)
        self.assertEqual(0, check.returncode, check.stdout + check.stderr)

    def test_must_be_there(self):
        candidate = self.descriptor("attach: unix:s")
        done = binaries.run("conform", "--candidate", candidate)
        self.assertEqual(2, done.returncode, done.stdout + done.stderr)
        self.assertIn(f"{candidate}:6:11: attach: no socket is at {self.path('s')}", done.stderr)


if __name__ == "__main__":
    unittest.main()
