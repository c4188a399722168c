#!/usr/bin/env python3
"""Trouble that people make in a world that is up, seen by a real client: `plumbline sim fault`, `heal` and `node`, and the
kubectl on PATH. And trouble that scenarios make, seen by gateways."""

import json
import os
import tempfile
import unittest

import binaries
from simulated_world import SimulatedWorld


class TroubleInARunningWorld(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.world = SimulatedWorld()
        cls.addClassCleanup(cls.world.close)
        cls.nodes = cls.answers("get", "nodes", "-o", "jsonpath={.items[*].metadata.name}").split()
        assert cls.nodes, "the world has no node"

    @classmethod
    def kubectl(cls, *arguments):
        return cls.world.kubectl("cls-1", *arguments)

    @classmethod
    def answers(cls, *arguments):
        return cls.world.answer("cls-1", *arguments)

    def sim_ctl(self, verb, *arguments):
        return binaries.run("sim", verb, "--world", self.world.name, *arguments)

    def told(self, verb, *arguments):
        done = self.sim_ctl(verb, *arguments)
        self.assertEqual((0, ""), (done.returncode, done.stderr), f"sim {verb} {arguments}")

    def test_refusals_are_seen_in_words_until_they_are_healed(self):
        self.addCleanup(self.sim_ctl, "heal", "cls-1")
        self.told("fault", "cls-1", "refuse", "--code", "503", "--resources", "pods")
        refused = self.kubectl("get", "pods")
        self.assertNotEqual(0, refused.returncode, refused.stdout)
        self.assertRegex(refused.stderr, r"Error from server.*(ServiceUnavailable|currently unable to handle the request)")
        self.assertIn("kubernetes", self.answers("get", "services"), "only what was named is in trouble")
        self.told("heal", "cls-1", "refuse")
        self.answers("get", "pods")

    def test_status_says_what_lasts(self):
        self.addCleanup(self.sim_ctl, "heal", "cls-1")
        self.told("fault", "cls-1", "watch-mute", "--resources", "pods,services")
        status = self.sim_ctl("status")
        self.assertEqual((0, ""), (status.returncode, status.stderr))
        self.assertIn("    fault cls-1 watch-mute --resources pods,services\n", status.stdout)
        self.told("heal", "cls-1")
        worlds = json.loads(self.sim_ctl("status", "--json").stdout)
        self.assertEqual([(self.world.name, [])], [(world["world"], world["clusters"][0]["faults"]) for world in worlds])
        nowhere = binaries.run("sim", "status", "--world", "no-such-world")
        self.assertEqual((2, ""), (nowhere.returncode, nowhere.stdout))
        self.assertIn("no world no-such-world is up", nowhere.stderr)

    def test_a_node_that_is_lost_is_not_ready_and_comes_back(self):
        node = self.nodes[0]
        self.addCleanup(self.sim_ctl, "node", "cls-1", node, "ready")
        row = ("get", "node", node, "--no-headers")
        self.assertNotIn("NotReady", self.answers(*row))
        self.told("node", "cls-1", node, "lost")
        self.answers("wait", "--for=condition=Ready=Unknown", f"node/{node}", "--timeout=30s")
        self.assertIn("NotReady", self.answers(*row))
        described = self.answers("describe", "node", node)
        self.assertRegex(described, r"Ready +Unknown .* NodeStatusUnknown +Kubelet stopped posting node status")
        self.assertRegex(described, r"node.kubernetes.io/unreachable:NoExecute")
        # Not from `describe`: older kubectls ask for events by the name as uid, which is how kubelets write them only.
        events = self.answers("get", "events", "--field-selector", f"involvedObject.name={node},reason=NodeNotReady",
                              "-o", "jsonpath={range .items[*]}{.source.component}: {.message}{end}")
        self.assertEqual(f"node-controller: Node {node} status is now: NodeNotReady", events)
        self.told("node", "cls-1", node, "ready")
        self.assertNotIn("NotReady", self.answers(*row))
        self.assertRegex(self.answers("describe", "node", node), rf"NodeReady .* kubelet +Node {node} status is now: NodeReady")

    def test_what_the_world_does_not_have_is_said(self):
        for arguments, words in [(("node", "cls-1", "nobody", "lost"), "nobody"), (("fault", "cls-9", "down"), "cls-9"),
                                 (("heal", "cls-9"), "cls-9")]:
            done = self.sim_ctl(*arguments)
            self.assertEqual(2, done.returncode, done.stderr)
            self.assertIn(words, done.stderr)
        elsewhere = binaries.run("sim", "heal", "--world", "no-such-world", "cls-1")
        self.assertEqual(2, elsewhere.returncode)
        self.assertIn("no world no-such-world is up", elsewhere.stderr)


class TroubleFromScenarios(unittest.TestCase):
    def run_scenario(self, name, candidate):
        """The exit code, and the records of the history."""
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(binaries.ROOT, "tests", "scenarios", name + ".yaml")
            done = binaries.run("run", path, "--candidate", candidate, "--history-dir", folder)
            with open(os.path.join(folder, name + ".jsonl"), encoding="utf-8") as history:
                return done, [json.loads(line) for line in history]

    def test_a_pod_that_goes_between_list_and_watch_is_not_missed(self):
        done, history = self.run_scenario("lost-between-list-and-watch", "reference")
        self.assertEqual(0, done.returncode, done.stdout + done.stderr)
        gone = [record["t"] for record in history if record["type"] == "object" and record["op"] == "DELETED"
                and record["object"]["metadata"]["name"] == "lonely"]
        self.assertEqual(1, len(gone), "the fault took the Pod away")
        asked = [(record["t"], record["verb"]) for record in history if record["type"] == "audit"
                 and record["cluster"] == "cls-1" and record["path"].startswith("/api/v1/pods")]
        self.assertEqual("list", [verb for t, verb in asked if t <= gone[0]][-1], asked)
        self.assertEqual("watch", [verb for t, verb in asked if t > gone[0]][0], asked)
        wrong, _ = self.run_scenario("lost-between-list-and-watch", "mutant:stale-endpoint")
        self.assertEqual(1, wrong.returncode, wrong.stdout)

    def test_changes_arrive_once_an_api_server_answers_again(self):
        done, history = self.run_scenario("changes-while-refused", "reference")
        self.assertEqual(0, done.returncode, done.stdout + done.stderr)
        codes = {record["code"] for record in history if record["type"] == "audit" and record["verb"] in ("list", "watch")}
        self.assertEqual({200, 503}, codes, "the fault struck, and ended")
        wrong, _ = self.run_scenario("changes-while-refused", "mutant:polls-every-30s")
        self.assertEqual(1, wrong.returncode, wrong.stdout)


if __name__ == "__main__":
    unittest.main()
