#!/usr/bin/env python3
"""Trouble that people make in a world that is up, seen by a real client: `plumbline sim fault`, `heal` and `node`, and the
kubectl on PATH."""

import os
import shutil
import subprocess
import tempfile
import time
import unittest

import binaries

PATIENCE_SECONDS = 30.0
WORLD = """
apiVersion: plumbline/v1
kind: World
metadata: {name: NAME}
spec:
  regions: [ap-guangzhou]
  vpcs: [{name: vpc-1, region: ap-guangzhou, cidr: 10.0.0.0/16}]
  clusters: [{name: cls-1, vpc: vpc-1, podCidr: 10.0.16.0/20, serviceCidr: 10.0.240.0/22}]
  instances: [{name: instance-1, kind: dedicated, region: ap-guangzhou, vpc: vpc-1, attached: true}]
  principals: [{name: owner, adminOf: [cls-1]}]
"""


class TroubleInARunningWorld(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        assert shutil.which("kubectl"), "kubectl is not on PATH: scripts/install-packages --tests brings Debian's"
        cls.folder = tempfile.TemporaryDirectory(prefix="plumbline-trouble-")
        cls.addClassCleanup(cls.folder.cleanup)
        cls.world = f"trouble-{os.getpid()}"
        file = os.path.join(cls.folder.name, "world.yaml")
        with open(file, "w", encoding="utf-8") as text:
            text.write(WORLD.replace("NAME", cls.world))
        cls.sim = subprocess.Popen([binaries.PLUMBLINE, "sim", "up", file, "--kubeconfig-dir", cls.folder.name],
                                   stdout=subprocess.PIPE, text=True)
        cls.addClassCleanup(cls.stop_simulation)
        for line in cls.sim.stdout:
            if line.strip() == "ready":
                break
        else:
            raise AssertionError("plumbline sim up ended without saying ready")
        cls.nodes = cls.kubectl("get", "nodes", "-o", "jsonpath={.items[*].metadata.name}").stdout.split()
        assert cls.nodes, "the world has no node"

    @classmethod
    def stop_simulation(cls):
        cls.sim.terminate()
        cls.sim.wait(timeout=10)
        cls.sim.stdout.close()

    @classmethod
    def kubectl(cls, *arguments):
        environment = {**os.environ, "KUBECONFIG": os.path.join(cls.folder.name, "cls-1.kubeconfig"), "HOME": cls.folder.name}
        return subprocess.run(["kubectl", *arguments], capture_output=True, text=True, timeout=60, env=environment, check=False)

    def sim_ctl(self, verb, *arguments):
        return binaries.run("sim", verb, "--world", self.world, *arguments)

    def told(self, verb, *arguments):
        done = self.sim_ctl(verb, *arguments)
        self.assertEqual((0, ""), (done.returncode, done.stderr), f"sim {verb} {arguments}")

    def answers(self, *arguments):
        done = self.kubectl(*arguments)
        self.assertEqual(0, done.returncode, done.stderr)
        return done.stdout

    def eventually(self, expected, *arguments):
        deadline = time.monotonic() + PATIENCE_SECONDS
        while (said := self.answers(*arguments)) and expected not in said and time.monotonic() < deadline:
            time.sleep(0.05)
        self.assertIn(expected, said)

    def test_refusals_are_seen_in_words_until_they_are_healed(self):
        self.addCleanup(self.sim_ctl, "heal", "cls-1")
        self.told("fault", "cls-1", "refuse", "--code", "503", "--resources", "pods")
        refused = self.kubectl("get", "pods")
        self.assertNotEqual(0, refused.returncode, refused.stdout)
        self.assertRegex(refused.stderr, r"Error from server.*(ServiceUnavailable|currently unable to handle the request)")
        self.assertIn("kubernetes", self.answers("get", "services"), "only what was named is in trouble")
        self.told("heal", "cls-1", "refuse")
        self.answers("get", "pods")

    def test_a_node_that_is_lost_is_not_ready_and_comes_back(self):
        node = self.nodes[0]
        self.addCleanup(self.sim_ctl, "node", "cls-1", node, "ready")
        row = ("get", "node", node, "--no-headers")
        self.assertNotIn("NotReady", self.answers(*row))
        self.told("node", "cls-1", node, "lost")
        self.eventually("NotReady", *row)
        described = self.answers("describe", "node", node)
        self.assertRegex(described, r"Ready +Unknown .* NodeStatusUnknown +Kubelet stopped posting node status")
        self.assertRegex(described, r"node.kubernetes.io/unreachable:NoExecute")
        self.assertRegex(described, rf"NodeNotReady .* node-controller +Node {node} status is now: NodeNotReady")
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


if __name__ == "__main__":
    unittest.main()
