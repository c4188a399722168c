#!/usr/bin/env python3
"""What becomes of candidates that fall silent, cannot be introduced, or are attached to instead of started."""

import json
import os
import subprocess
import tempfile
import unittest

import binaries

TROUBLED = os.path.join(binaries.ROOT, "tests/candidates/troubled.py")
HEADLESS = os.path.join(binaries.ROOT, "tests/candidates/headless.py")
TWISTED = os.path.join(binaries.ROOT, "tests/candidates/twisted.py")
ATTACHED = os.path.join(binaries.ROOT, "conformance/candidates/lib/attached.py")
# Short, so that a whole run against a candidate that hangs fits into a test.
DEADLINES = "{start: 20s, control: 250ms, propagation: 250ms, failover: 250ms}"


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


class ACandidateThatHangs(Candidates):
    def conform(self, what, deadlines=DEADLINES):
        return self.judged("conform", "--candidate", self.descriptor(f"command: [{TROUBLED}, {what}]", deadlines))

    def assert_broken(self, report, rules, text):
        """A host that stalled while an answer was awaited excuses a candidate; then some verdicts are open."""
        broken = {"FAIL", "INCONCLUSIVE"} if report["measured"]["stalls"] else {"FAIL"}
        for rule in rules:
            self.assertIn(rule["verdict"], broken, f"{rule['id']}: {text}")

    def assert_fails(self, what, deadlines=DEADLINES):
        done, report = self.conform(what, deadlines)
        self.assertEqual(1, done.returncode, done.stdout + done.stderr)
        self.assert_broken(report, [rule for rule in report["rules"] if rule["verdict"] != "NOT_DECLARED"], done.stdout)
        return done, report

    def test_in_hello_fails_every_rule(self):
        _, report = self.assert_fails("hello", "{start: 1s}")
        self.assertIn("no answer to hello within", report["sentence"])

    def test_in_control_calls_fails_every_rule(self):
        _, report = self.assert_fails("control")
        self.assertGreater(report["executed"], 20)

    def test_in_the_data_plane_fails_every_rule_that_needs_an_answer(self):
        done, report = self.conform("data")
        self.assertEqual(1, done.returncode, done.stdout + done.stderr)
        self.assertGreater(report["executed"], 20)
        self.assertFalse([one["name"] for one in report["scenarios"] if one["verdict"] == "HARNESS_ERROR"], done.stdout)
        need = "BIND-01 SEL-01 WRR-01 WRR-02 WRR-04 MULTI-01 CHURN-01 HTTP-01 DIRECT-02".split()
        self.assert_broken(report, [rule for rule in report["rules"] if rule["id"] in need], done.stdout)

    def test_until_time_is_up_is_judged_by_what_there_is(self):
        """Users who are ready to wait longer than the scenario may take: it is cut among them."""
        with open(self.path("patient.yaml"), "w", encoding="utf-8") as text:
            text.write("apiVersion: plumbline/v1\nkind: Scenario\nmetadata: {name: patient}\nspec:\n  world: {from: httpbin}\n"
                       "  setup: authorised\n  steps:\n"
                       "    - createTunnel: {tunnel: t1, services: [{service: cls-1/default/httpbin, port: 8000}]}\n"
                       "    - publish: {api: a1, tunnel: t1}\n"
                       "    - send: {api: a1, requests: 100}\n      as: traffic\n"
                       "  expect: {BIND-01: [answered: traffic]}\n")
        candidate = self.descriptor(f"command: [{TROUBLED}, data]", "{failover: 3s}")
        done, report = self.judged("run", self.path("patient.yaml"), "--candidate", candidate, "--cap", "10", "--history-dir", self.folder)
        self.assert_broken(report, report["rules"], done.stdout)
        self.assertIn("cut short after 10 s", report["scenarios"][0]["reason"])
        self.assertRegex(done.stdout, "of users got no answer( until time was up|[.]{3})")
        again = binaries.run("judge", self.path("patient.jsonl"))
        self.assertEqual(done.returncode, again.returncode, again.stdout + again.stderr)


class ACandidateThatCannotBeIntroduced(Candidates):
    def test_is_heard_to_its_last_words(self):
        done, report = self.judged("conform", "--candidate", self.descriptor(f"command: [{TROUBLED}, exit]"))
        self.assertEqual(1, done.returncode, done.stdout + done.stderr)
        last = [f"line {number} of what went wrong" for number in range(80, 100)]
        self.assertEqual(last, report["lastWords"])
        self.assertIn("\n".join(f"    | {line}" for line in last), done.stdout)
        self.assertNotIn("line 79 ", done.stdout)
        with open(self.path("junit.xml"), encoding="utf-8") as text:
            self.assertIn(last[-1], text.read())


class ACandidateThatDeclaresWhatNobodyKnows(Candidates):
    def test_is_told_what_was_meant(self):
        done = binaries.run("candidate", "check", self.descriptor(f"command: [{TROUBLED}, misspelt]"))
        self.assertEqual(1, done.returncode, done.stdout + done.stderr)
        self.assertRegex(done.stdout, "FAILED +features +no feature 'wieghts'; did you mean 'weights'[?]")


class ACheckedCandidate(Candidates):
    def checked(self, method=None, result=None, nth=0, deadlines="{}"):
        """(exit code, the last step's verdict and name, what it says of it)."""
        gateway = os.path.join(binaries.BIN, "plumbline-gateway")
        start = f"command: [{gateway}, --stdio]"
        if method:
            start = f"command: [{TWISTED}, {gateway}, {method}, '{json.dumps(result)}', '{nth}']"
        done = binaries.run("candidate", "check", self.descriptor(start, deadlines))
        steps = [line for line in done.stdout.split("\n") if line.startswith(("ok ", "FAILED "))]
        return done.returncode, steps[-1][:36].split(maxsplit=1), done.stdout + done.stderr

    def test_takes_every_step_and_all_back(self):
        code, last, text = self.checked()
        self.assertEqual((0, ["ok", "stop"]), (code, [word.strip() for word in last]), text)
        for step in ("tunnel.list +1 tunnel", "tunnel.modify +another name, the rest as it was", "status +ready", "api.unrelease +done",
                     "api.delete +done", "apiService.delete +done", "tunnel.delete +done"):
            self.assertRegex(text, f"(?m)^ok +{step}$")

    def test_that_answers_wrongly_is_told_where(self):
        in_use = {"code": -32000, "message": "in use", "data": {"reason": "InUse"}}
        unknown = {"code": -32601, "message": "no such method"}
        elsewhere = {"tunnels": [{"tunnel": "another"}]}
        for method, result, nth, step, seen in (
                ("no.such.method", {}, 0, "unknown method", "accepted"),
                ("tunnel.create", {"tunnel": "t"}, 1, "invalid params", "accepted"),
                ("hello", {"contract": 2, "name": "x"}, 0, "start and hello", "Answer with {\"contract\": 1"),
                ("no.such.method", "silence", 0, "unknown method", "one line of JSON"),
                ("tunnel.create", {}, 2, "tunnel.create", "its result is {}"),
                ("tunnel.describe", {"name": "check"}, 1, "tunnel.describe", "The field 'type'"),
                ("cluster.authorize", unknown, 0, "cluster.authorize", "refused"),
                ("api.release", {}, 0, "api.release", "your listen address"),
                ("api.release", {"url": "gopher://x"}, 0, "api.release", "http://"),
                ("api.release", {"url": "http://10.0.255.10:81/"}, 0, "a user's request", "no Pod answered"),
                ("tunnel.list", elsewhere, 0, "tunnel.list", "another"),
                ("tunnel.list", {"tunnels": [{"tunnel": "tunnel-1"}]}, 0, "tunnel.list", "the fields of create"),
                ("tunnel.list", [], 0, "tunnel.list", "its result is []"),
                ("tunnel.describe", [], 2, "tunnel.describe", "its result is []"),
                ("tunnel.modify", unknown, 0, "tunnel.modify", "refused"),
                ("tunnel.describe", [], 3, "tunnel.describe", "its result is []"),
                ("tunnel.describe", {"name": "renamed", "type": "tke", "services": []}, 3, "tunnel.modify", "leaves the rest"),
                ("status", {}, 0, "status", "its result is {}"),
                ("status", 7, 0, "status", "its result is 7"),
                ("status", in_use, 0, "status", "refused"),
                ("status", "silence", 1, "status", "timeout"),
                ("api.unrelease", in_use, 0, "api.unrelease", "in use"),
                ("apiService.delete", in_use, 0, "apiService.delete", "in use"),
                ("tunnel.delete", in_use, 0, "tunnel.delete", "in use")):
            with self.subTest(method=method, result=result, nth=nth):
                waits = result == "silence" or step == "a user's request"
                code, last, text = self.checked(method, result, nth, "{control: 2s, propagation: 1s}" if waits else "{}")
                self.assertEqual((1, ["FAILED", step]), (code, [word.strip() for word in last]), text)
                self.assertIn(seen, text)

    def test_need_not_offer_what_few_rules_or_none_ask_for(self):
        for method in ("tunnel.list", "status", "api.unrelease", "api.delete", "apiService.delete"):
            with self.subTest(method):
                code, _, text = self.checked(method, {"code": -32601, "message": "no such method"})
                self.assertEqual(0, code, text)
                self.assertRegex(text, f"(?m)^ok +{method} +not offered")

    def test_cannot_speak_as_if_on_stderr(self):
        """A notification that looks like a record of ours is not taken for one."""
        gateway = os.path.join(binaries.BIN, "plumbline-gateway")
        forged = json.dumps({"jsonrpc": "2.0", "method": "stderr", "params": {"line": 7}})
        start = "command: [sh, " + self.script(f"echo '{forged}'; exec {gateway} --stdio") + "]"
        done = binaries.run("candidate", "check", self.descriptor(start, "{}"))
        self.assertEqual(0, done.returncode, done.stdout + done.stderr)

    def test_that_loses_the_headers_that_evidence_needs_is_told_which(self):
        gateway = os.path.join(binaries.BIN, "plumbline-gateway")
        for header, seen in (("X-Plumbline-Id", "a Pod got it without the header X-Plumbline-Id"),
                             ("X-Pod", "a Pod got it, and the answer, status 200, has no header X-Pod"),
                             ("X-Nobody-Sends", "status 200, answered by cls-1/default/httpbin-v1-")):
            with self.subTest(header):
                start = f"command: [{HEADLESS}, {gateway}, {header}]"
                done = binaries.run("candidate", "check", self.descriptor(start, "{propagation: 1s}"))
                self.assertRegex(done.stdout, f"(ok|FAILED) +a user's request +{seen}", done.stderr)
                self.assertEqual(0 if header == "X-Nobody-Sends" else 1, done.returncode, done.stdout + done.stderr)

    def test_that_starts_slowly_is_told_what_that_costs(self):
        gateway = os.path.join(binaries.BIN, "plumbline-gateway")
        slow = "command: [sh, " + self.script(f"sleep 1.1; exec {gateway} --stdio") + "]"
        done = binaries.run("candidate", "check", self.descriptor(slow, "{}"))
        self.assertEqual(0, done.returncode, done.stdout + done.stderr)
        self.assertRegex(done.stderr, "It took [0-9.]+ s; every scenario starts it anew")

    def script(self, text):
        with open(self.path("start.sh"), "w", encoding="utf-8") as file:
            file.write(text)
        return self.path("start.sh")


class ACandidateThatStartsOnlyOnce(Candidates):
    def test_fails_where_it_did_not_start(self):
        """What it offers is known from its introduction: to be gone afterwards excuses it from nothing."""
        candidate = self.descriptor(f"command: [{TROUBLED}, once, {self.path('seen')}]")
        done, report = self.judged("run", binaries.scenario_path("suites/weights-across-clusters.yaml"), "--candidate", candidate)
        self.assertEqual(1, done.returncode, done.stdout + done.stderr)
        self.assertEqual({"FAIL"}, {rule["verdict"] for one in report["scenarios"] for rule in one["rules"]}, done.stdout)


class ACandidateThatIgnoresStop(Candidates):
    def test_is_killed_and_said_to(self):
        candidate = self.descriptor(f"command: [{TROUBLED}, stubborn]")
        done, report = self.judged("run", binaries.scenario_path("suites/first-request.yaml"), "--candidate", candidate)
        self.assertIn("`stop` was ignored in 1 scenario, which no rule judges", done.stdout)
        self.assertEqual(1, report["measured"]["ignoredStops"])


class AFolderOfHistories(Candidates):
    def test_with_others_is_told(self):
        run = ["run", binaries.scenario_path("suites/describe.yaml"), "--history-dir", self.folder]
        self.assertNotIn("note:", binaries.run(*run).stderr)
        self.assertNotIn("note:", binaries.run(*run).stderr, "the same names are written again")
        os.rename(self.path("describe.jsonl"), self.path("older.jsonl"))
        self.assertIn(f"note: {self.folder} also has 1 .jsonl file that this run did not write\n", binaries.run(*run).stderr)


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


class AScenarioWithAMistake(Candidates):
    def write(self, setup, step):
        with open(self.path("wrong.yaml"), "w", encoding="utf-8") as text:
            text.write("apiVersion: plumbline/v1\nkind: Scenario\nmetadata: {name: wrong}\nspec:\n  world: {from: httpbin}\n"
                       f"  setup: {setup}\n  steps:\n    - {step}\n      as: gone\n"
                       "    - settle: a1\n      as: after\n  expect: {CHURN-02: [settled: after]}\n")
        return self.path("wrong.yaml")

    def test_is_said_before_anything_runs_where_a_rehearsal_shows_it(self):
        wrong = self.write("tunnel-to-httpbin", 'deletePods: {pods: {of: cls-1/default/httpbin, labels: {version: "9"}}}')
        done = binaries.run("run", wrong)
        self.assertEqual((2, ""), (done.returncode, done.stdout), done.stderr)
        self.assertRegex(done.stderr, f"{wrong}:8:7: deletePods: there is no Pod of Service cls-1/default/httpbin with the labels version=9; "
                                      r"the \d+ Pods there carry app=httpbin, .*version=1, version=2, version=3")

    def test_is_said_with_its_place_where_the_run_shows_it(self):
        wrong = self.write("tunnel-to-httpbin", "delete: {object: cls-1/default/nothing, kind: Secret}")
        done, report = self.judged("run", wrong)
        self.assertEqual(2, done.returncode, done.stdout + done.stderr)
        text = f"{wrong}:8:7: delete 'gone': secrets \"nothing\" not found"
        self.assertIn(text, done.stdout)
        self.assertIn("CHURN-02  NOT_JUDGED: because of the mistake in wrong\n", done.stdout)
        self.assertIn(text, report["scenarios"][0]["reason"])
        self.assertEqual("NOT_JUDGED", report["scenarios"][0]["verdict"])


if __name__ == "__main__":
    unittest.main()
