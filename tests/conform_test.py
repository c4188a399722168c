#!/usr/bin/env python3
"""Verdicts end to end: the reference passes, gateways that are wrong on purpose fail, HAProxy is judged."""

import json
import os
import shutil
import subprocess
import tempfile
import unittest
import xml.etree.ElementTree

import binaries

# Rules of "Judged now" (issue 2).
JUDGED = """INST-01 INST-02 INST-04 INST-05 INST-07 AUTH-01 AUTH-02 AUTH-03 TUN-01 TUN-04 TUN-05 TUN-08 BIND-01 BIND-02
DIRECT-01 DIRECT-02 SEL-01 SEL-02 SEL-05 SEL-08 SEL-11 WRR-01 WRR-02 WRR-03 WRR-04 MULTI-01 CHURN-01 CHURN-02 HTTP-01""".split()


class Conformance(unittest.TestCase):
    def conform(self, candidate, *arguments):
        with tempfile.TemporaryDirectory() as folder:
            report, junit = os.path.join(folder, "report.json"), os.path.join(folder, "junit.xml")
            done = binaries.run("conform", "--candidate", candidate, "--json", report, "--junit", junit, *arguments, timeout=280)
            self.assertTrue(os.path.exists(report), done.stdout + done.stderr)
            with open(report, encoding="utf-8") as text:
                return done, json.load(text), xml.etree.ElementTree.parse(junit).getroot()

    def test_the_reference_passes_every_rule_that_is_judged_now(self):
        done, report, junit = self.conform("reference")
        self.assertEqual("plumbline.report/v1", report["schema"])
        verdicts = {rule["id"]: rule["verdict"] for rule in report["rules"] if rule["id"] in JUDGED}
        self.assertEqual({rule: "PASS" for rule in JUDGED}, verdicts, done.stdout)
        self.assertEqual(0, done.returncode, done.stdout + done.stderr)
        self.assertEqual([], junit.findall(".//failure") + junit.findall(".//error"))
        self.assertTrue(report["scenarios"])
        self.assertTrue(all(scenario["verdict"] == "PASS" for scenario in report["scenarios"]), done.stdout)

    def test_haproxy_is_judged_on_what_it_declares(self):
        done, report, _ = self.conform(binaries.ROOT + "/conformance/candidates/haproxy/haproxy.yaml")
        verdicts = {rule["id"]: rule["verdict"] for rule in report["rules"] if rule["id"] in JUDGED}
        self.assertFalse([rule for rule, verdict in verdicts.items() if verdict == "HARNESS_ERROR"], done.stdout)
        for rule in ("BIND-01", "DIRECT-02", "SEL-01", "SEL-08", "WRR-01", "WRR-02", "MULTI-01"):
            self.assertEqual("PASS", verdicts[rule], done.stdout)
        for rule in ("AUTH-01", "INST-02", "TUN-05"):
            self.assertEqual("NOT_DECLARED", verdicts[rule], done.stdout)

    def test_a_gateway_that_does_nothing_fails(self):
        done, report, _ = self.conform("mutant:do-nothing")
        self.assertEqual(1, done.returncode, done.stdout + done.stderr)
        self.assertGreater(report["counts"]["FAIL"], 5)
        self.assertEqual("mutant:do-nothing", report["candidate"]["name"])

    def test_a_wrong_gateway_has_its_own_name_and_rules_that_were_not_run_are_told(self):
        done, report, _ = self.conform("mutant:first-pod-only", "--rules", "WRR-01")
        self.assertEqual(1, done.returncode, done.stdout + done.stderr)
        self.assertRegex(done.stdout, r"^mutant:first-pod-only \S+ is NOT conformant: it breaks 1 of 1 required rule. \d+ more were not run\.")
        self.assertEqual(sorted(set(JUDGED) - {"WRR-01"}), sorted(report["notRun"]))

    def test_a_gateway_that_always_says_200_fails(self):
        done, report, _ = self.conform("mutant:always-200")
        self.assertEqual(1, done.returncode, done.stdout + done.stderr)
        self.assertGreater(report["counts"]["FAIL"], 5)


class ScenariosOfOurOwn(unittest.TestCase):
    def test_an_api_that_is_taken_away_leaves_its_tunnel_free(self):
        done = binaries.run("run", os.path.join(binaries.ROOT, "tests", "scenarios", "taken-away.yaml"))
        self.assertEqual(0, done.returncode, done.stdout + done.stderr)
        self.assertIn("keeps all 2 required rules", done.stdout)


class AnOrdinaryUser(unittest.TestCase):
    def test_gets_the_same_verdict(self):
        """Root drops to nobody, who gets the project's files in a place of its own; anybody else is one already."""
        with tempfile.TemporaryDirectory() as folder:
            os.chmod(folder, 0o755)
            for what in ("scenarios", "conformance/rules", "conformance/candidates"):
                shutil.copytree(os.path.join(binaries.ROOT, what), os.path.join(folder, what))
            for program in ("plumbline", "plumbline-gateway"):
                shutil.copy(os.path.join(binaries.BIN, program), folder)
            drop = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"] if os.geteuid() == 0 else []
            done = subprocess.run([*drop, os.path.join(folder, "plumbline"), "conform", "--candidate", "reference"],
                                  env={**os.environ, "PLUMBLINE_HOME": folder, "HOME": "/nonexistent"}, capture_output=True,
                                  text=True, timeout=280, check=False, cwd="/")
        self.assertEqual(0, done.returncode, done.stdout + done.stderr)
        self.assertIn("28 of 28 scenarios ran", done.stdout)


class Mutants(unittest.TestCase):
    def test_each_is_killed_by_its_own_rule_and_the_harmless_survive(self):
        with tempfile.TemporaryDirectory() as folder:
            file = os.path.join(folder, "mutants.json")
            done = binaries.run("mutants", "--json", file, timeout=1200)
            with open(file, encoding="utf-8") as text:
                report = json.load(text)
        self.assertEqual("plumbline.mutants/v1", report["schema"])
        self.assertGreater(len(report["mutants"]), 40)
        alive = [mutant["name"] for mutant in report["mutants"] if not mutant["killed_by"]]
        void = [mutant["name"] for mutant in report["mutants"] if mutant["void"]]
        self.assertEqual(([], []), (alive, void), done.stdout)
        self.assertGreaterEqual(len(report["harmless"]), 4)
        self.assertEqual([], [mutant for mutant in report["harmless"] if mutant["verdict"] != "PASS"], done.stdout)
        self.assertEqual(0, done.returncode, done.stdout + done.stderr)
        self.assertEqual(set(JUDGED), {mutant["rule"] for mutant in report["mutants"]} & set(JUDGED))


if __name__ == "__main__":
    unittest.main()
