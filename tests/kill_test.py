#!/usr/bin/env python3
"""A run that is killed at any moment leaves nothing: no process, namespace, mount, socket or file.

The moment is drawn from a printed seed; PLUMBLINE_SEED=N repeats it. A network namespace without a process, a mount or an
open file cannot exist, so looking for those three (and at /run/netns) is looking for namespaces.
"""

import os
import random
import signal
import subprocess
import unittest

import binaries

SEED = int(os.environ.get("PLUMBLINE_SEED", random.SystemRandom().randrange(1 << 32)))
ROUNDS = 12
LATEST_SECONDS = 2.5


class AKilledRun(unittest.TestCase):
    def setUp(self):
        self.random = random.Random(SEED)

    def start(self, traces, *arguments):
        process = subprocess.Popen([binaries.PLUMBLINE, *arguments], env=traces.environment, cwd=traces.folder,
                                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process

    def kill_at_random(self, number, *arguments):
        moment = self.random.uniform(0.005, LATEST_SECONDS)
        with binaries.Traces() as traces:
            process = self.start(traces, *arguments)
            try:
                process.wait(timeout=moment)
            except subprocess.TimeoutExpired:
                alive = len(traces.processes())
                process.send_signal(number)
                process.wait(timeout=10)
            else:
                alive = 0
            left = traces.left_behind()
        words = f"seed {SEED}: {' '.join(arguments)} got {signal.Signals(number).name} after {moment:.3f} s"
        self.assertEqual([], left, words)
        return alive

    def test_by_sigkill_leaves_nothing(self):
        alive = [self.kill_at_random(signal.SIGKILL, "conform", "--candidate", "reference") for _ in range(ROUNDS)]
        self.assertGreater(max(alive), 2, f"seed {SEED}: no round was killed while a world was up: {alive}")

    def test_by_ctrl_c_leaves_nothing(self):
        for _ in range(ROUNDS // 3):
            self.kill_at_random(signal.SIGINT, "conform", "--candidate", "reference")

    def test_of_a_simulation_by_sigkill_leaves_no_process(self):
        for _ in range(ROUNDS // 3):
            self.kill_at_random(signal.SIGKILL, "sim", "up", binaries.scenario_path("worlds/httpbin.yaml"))


class TheLook(unittest.TestCase):
    """What this test relies on can see what it looks for."""

    def test_sees_a_process_that_stayed(self):
        with binaries.Traces() as traces:
            process = subprocess.Popen(["/bin/cat"], env=traces.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            self.addCleanup(process.kill)
            process.stdin.write(b"up?\n")
            process.stdin.flush()
            process.stdout.readline()  # it is past its exec: only then does /proc show its environment
            self.assertTrue(traces.left_behind(patience=0.0))
            process.stdin.close()
            process.stdout.close()
            process.wait()
            self.assertEqual([], traces.left_behind())

    def test_sees_a_file_that_stayed(self):
        with binaries.Traces() as traces:
            with open(os.path.join(traces.folder, "left"), "w", encoding="utf-8"):
                pass
            self.assertTrue(traces.left_behind(patience=0.1))


if __name__ == "__main__":
    unittest.main()
