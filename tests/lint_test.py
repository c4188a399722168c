#!/usr/bin/env python3
"""Files of authors, good and bad, as `plumbline lint` and `plumbline run` take them."""

import json
import os
import tempfile
import unittest

import binaries

USAGE = 2


class Files(unittest.TestCase):
    def assert_usage(self, done, *words):
        self.assertEqual(USAGE, done.returncode, done.stdout + done.stderr)
        for word in words:
            self.assertIn(word, done.stderr)

    def test_a_scenario_names_all_its_errors_with_their_places(self):
        with tempfile.NamedTemporaryFile("w", suffix=".yaml") as scenario:
            scenario.write("apiVersion: plumbline/v1\nkind: Scenario\nmetadata: {name: broken}\nspec:\n"
                           "  world: {from: httpbin}\n  stepz: []\n  expect:\n    WRR-99:\n      - sharez: {during: x}\n")
            scenario.flush()
            done = binaries.run("lint", scenario.name)
        self.assert_usage(done, f"{scenario.name}:6:3", "did you mean 'steps'", f"{scenario.name}:8:5", "WRR-99")
        self.assertFalse(done.stderr.endswith("\n\n"), "no blank line after the last")

    def test_another_kind_of_file_is_said_once(self):
        world = binaries.scenario_path("worlds/httpbin.yaml")
        done = binaries.run("run", world)
        self.assert_usage(done, f"{world}:3:7: kind is Scenario here, not 'World'")
        self.assertEqual(1, done.stderr.count("\n"), done.stderr)

    def test_rules_that_a_file_does_not_judge_are_named(self):
        self.assert_usage(binaries.run("run", binaries.scenario_path("suites/describe.yaml"), "--rules", "SEL-01"),
                          "none of these scenarios judges a rule that matches 'SEL-01'; they judge TUN-01")

    def test_a_step_that_its_world_cannot_carry_out_is_found_before_a_run(self):
        with tempfile.NamedTemporaryFile("w", suffix=".yaml") as scenario:
            scenario.write("apiVersion: plumbline/v1\nkind: Scenario\nmetadata: {name: broken}\nspec:\n"
                           "  world: {from: httpbin}\n  setup: tunnel-to-httpbin\n  steps:\n"
                           "    - scale: {deployment: cls-1/default/httpbin-v9, replicas: 3}\n"
                           "  expect: {TUN-01: [accepted: create]}\n")
            scenario.flush()
            done = binaries.run("lint", scenario.name)
        self.assert_usage(done, f"{scenario.name}:8:7: scale: deployments.apps \"httpbin-v9\" not found; did you mean")

    def test_two_scenarios_of_one_name_are_told(self):
        path = binaries.scenario_path("suites/describe.yaml")
        for command in ("lint", "run"):
            self.assert_usage(binaries.run(command, path, path), "another scenario is called 'describe', too", path)

    def test_every_scenario_of_the_house_is_without_error(self):
        folder = binaries.scenario_path("suites")
        files = sorted(os.path.join(folder, name) for name in os.listdir(folder) if name.endswith(".yaml"))
        self.assertGreater(len(files), 5)
        done = binaries.run("lint", *files)
        self.assertEqual(0, done.returncode, done.stdout + done.stderr)

    def test_worlds_and_set_ups_of_the_house_are_without_error_by_themselves(self):
        files = [os.path.join(binaries.scenario_path(folder), name) for folder in ("worlds", "setups")
                 for name in sorted(os.listdir(binaries.scenario_path(folder))) if name.endswith(".yaml")]
        done = binaries.run("lint", *files)
        self.assertEqual(0, done.returncode, done.stdout + done.stderr)
        self.assertIn("httpbin.yaml: a world, 2 clusters, 2 instances\n", done.stdout)
        self.assertIn("authorised.yaml: a set-up, 2 steps\n", done.stdout)
        self.assertTrue(done.stdout.endswith(f"{len(files)} other files, no mistakes\n"), done.stdout)

    def test_a_mistake_in_one_file_hides_none_in_another(self):
        with tempfile.TemporaryDirectory() as folder:
            paths = []
            for name, deployment in (("a", "httpbin-v8"), ("b", "httpbin-v9")):
                paths.append(os.path.join(folder, name + ".yaml"))
                with open(paths[-1], "w", encoding="utf-8") as scenario:
                    scenario.write(f"apiVersion: plumbline/v1\nkind: Scenario\nmetadata: {{name: {name}}}\nspec:\n"
                                   "  world: {from: httpbin}\n  setup: tunnel-to-httpbin\n  steps:\n"
                                   f"    - scale: {{deployment: cls-1/default/{deployment}, replicas: 3}}\n"
                                   "  expect: {TUN-01: [accepted: create]}\n")
            done = binaries.run("lint", *paths)
        self.assert_usage(done, f"{paths[0]}:8:7: ", f"{paths[1]}:8:7: ")
        self.assertEqual(2, done.stderr.count("\n"), done.stderr)

    def test_a_run_says_of_a_manifest_what_lint_says(self):
        with tempfile.TemporaryDirectory() as folder:
            scenario = os.path.join(folder, "s.yaml")
            with open(binaries.scenario_path("worlds/bare.yaml"), encoding="utf-8") as bare:
                text = bare.read().replace("      podCidr: 10.0.16.0/20",
                                           "      manifests: [{kind: Servce, metadata: {name: a}}]\n      podCidr: 10.0.16.0/20")
            with open(os.path.join(folder, "w.yaml"), "w", encoding="utf-8") as world:
                world.write(text)
            with open(scenario, "w", encoding="utf-8") as out:
                out.write("apiVersion: plumbline/v1\nkind: Scenario\nmetadata: {name: s}\nspec:\n  world: {from: ./w.yaml}\n"
                          "  steps: [{describeCluster: cls-1}]\n  expect: {AUTH-01: [accepted: step-1]}\n")
            for command in (["lint", scenario], ["run", scenario], ["sim", "up", os.path.join(folder, "w.yaml")]):
                done = binaries.run(*command)
                self.assertEqual(USAGE, done.returncode, done.stdout + done.stderr)
                self.assertRegex(done.stdout + done.stderr, r"w.yaml:13:19: .*no kind \"Servce\" is served; did you mean 'Service'\?")

    def test_mistakes_are_json_where_that_is_asked_for(self):
        done = binaries.run("lint", "--json", "/dev/stdin", input="apiVersion: plumbline/v1\nkind: World\nmetadata: {nam: w}\nspec: {}\n")
        self.assertEqual((2, ""), (done.returncode, done.stderr))
        mistakes = json.loads(done.stdout)["mistakes"]
        self.assertEqual({"file": "/dev/stdin", "line": 3, "column": 12, "text": "metadata has no field 'nam'; did you mean 'name'?"}, mistakes[0])
        self.assertEqual(sorted(one["line"] for one in mistakes), [one["line"] for one in mistakes])
        self.assertEqual(0, json.loads(done.stdout)["more"])
        self.assertEqual([], json.loads(done.stdout)["plans"])
        with tempfile.NamedTemporaryFile(suffix=".yaml") as world:
            world.write(b"apiVersion: plumbline/v1\nkind: World\nmetadata: {na\xffm: w}\nspec: {}\n")
            world.flush()
            done = binaries.run("lint", "--json", world.name)
        self.assertEqual(2, done.returncode, done.stderr)
        self.assertIn("metadata has no field 'na\ufffdm'", [one["text"].split(";")[0] for one in json.loads(done.stdout)["mistakes"]])

    def test_plans_are_json_of_the_same_form(self):
        done = binaries.run("lint", "--json", binaries.scenario_path("suites/describe.yaml"))
        self.assertEqual((0, ""), (done.returncode, done.stderr))
        written = json.loads(done.stdout)
        self.assertEqual(({"plans", "mistakes", "more"}, [], 0), (set(written), written["mistakes"], written["more"]))
        self.assertEqual(["describe"], [plan["scenario"] for plan in written["plans"]])

    def test_a_pipe_is_a_file(self):
        with open(binaries.scenario_path("suites/describe.yaml"), encoding="utf-8") as scenario:
            done = binaries.run("lint", "/dev/stdin", input=scenario.read())
        self.assertEqual(0, done.returncode, done.stderr)
        self.assertIn("1 plan, no mistakes", done.stdout)

    def test_a_misspelt_kind_is_taken_for_what_it_was_meant_to_be(self):
        with open(binaries.scenario_path("worlds/bare.yaml"), encoding="utf-8") as bare:
            text = bare.read().replace("kind: World", "kind: Wrold")
        with tempfile.NamedTemporaryFile("w", suffix=".yaml") as world:
            world.write(text)
            world.flush()
            done = binaries.run("lint", world.name)
        self.assert_usage(done, f"{world.name}:3:7: kind is World here, not 'Wrold'")
        self.assertEqual(1, done.stderr.count("\n"), done.stderr)

    def test_descriptors_are_files_too(self):
        with tempfile.NamedTemporaryFile("w", suffix=".yaml") as candidate:
            candidate.write("apiVersion: plumbline/v1\nkind: Candidate\nmetadata: {name: mine}\nspec:\n  drver: jsonrpc\n")
            candidate.flush()
            self.assert_usage(binaries.run("lint", candidate.name), f"{candidate.name}:5:3", "did you mean 'driver'?")

    def test_two_nodes_of_one_name_are_a_mistake_of_their_world(self):
        with open(binaries.scenario_path("worlds/bare.yaml"), encoding="utf-8") as world:
            text = world.read().replace("      podCidr: 10.0.16.0/20", "      nodes: [{name: n1}, {name: n1}]\n      podCidr: 10.0.16.0/20")
        with tempfile.NamedTemporaryFile("w", suffix=".yaml") as world:
            world.write(text)
            world.flush()
            for command in (["lint"], ["sim", "up"]):
                self.assert_usage(binaries.run(*command, world.name), f"{world.name}:13:14: there are two Nodes 'n1'")


if __name__ == "__main__":
    unittest.main()
