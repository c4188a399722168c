#!/usr/bin/env python3
"""Command lines: complete help, exit codes as designed, results on stdout, errors that say where."""

import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import unittest

import binaries
import tracing

PROGRAMS = ["plumbline", "plumbline-gateway", "plumbline-sim", "plumbline-mutant"]
COMMANDS = [["conform"], ["run"], ["lint"], ["judge"], ["rules"], ["mutants"], ["candidate", "check"], ["doctor"]]
USAGE = 2
WRITE_CALLS = (1, 64)  # write(2) on x86-64 and on arm64


def call(program, *arguments):
    return subprocess.run([os.path.join(binaries.BIN, program), *arguments], capture_output=True, text=True, timeout=60,
                          check=False, stdin=subprocess.DEVNULL)


class Help(unittest.TestCase):
    def assert_complete(self, done, what):
        self.assertEqual(0, done.returncode, f"{what}: {done.stderr}")
        self.assertEqual("", done.stderr, what)
        for words in ("Usage:", "--help", "Exit codes:"):
            self.assertIn(words.lower(), done.stdout.lower(), f"{what} --help does not have '{words}'")

    def test_of_every_program_is_complete(self):
        for program in PROGRAMS:
            self.assert_complete(call(program, "--help"), program)

    def test_of_every_command_is_complete_and_has_an_example(self):
        for command in COMMANDS:
            done = call("plumbline", *command, "--help")
            self.assert_complete(done, " ".join(command))
            self.assertIn("Example", done.stdout, f"plumbline {' '.join(command)} --help")

    def test_of_every_option_names_its_value_and_what_it_is_without(self):
        """An option that takes a value says which, and its default: `N=1`, `without it ...`, `... when it is left out`."""
        said = 0
        for command in [["plumbline", *words] for words in COMMANDS] + [["plumbline-sim", "up"], ["plumbline-sim", "exec"],
                                                                       ["plumbline-gateway"], ["plumbline-mutant"]]:
            text = call(*command, "--help").stdout
            self.assertIn("\n\nExit codes:", text, command)
            entries = re.findall(r"^  (--[a-z-]+) ?(\S*)\s+(.*(?:\n {10,}\S.*)*)", text, re.M)
            for option, value, sentence in entries:
                if option == "--version" or not value[:1].isupper() or value in ("Excludes:", "REQUIRED"):
                    continue
                said += 1
                self.assertTrue("=" in value or re.search(r"without it|left out|needed when|Only every|needs", sentence),
                                f"{' '.join(command)} {option} {value}: {sentence}")
        self.assertGreater(said, 20)

    def test_is_asked_for_by_its_word_too(self):
        for words in (["lint"], ["candidate", "check"], []):
            self.assertEqual(call("plumbline", *words, "--help").stdout, call("plumbline", "help", *words).stdout)
        self.assertEqual(call("plumbline-sim", "up", "--help").stdout, call("plumbline", "help", "sim", "up").stdout)
        self.assertEqual(call("plumbline-sim", "up", "--help").stdout, call("plumbline-sim", "help", "up").stdout)

    def test_of_every_program_names_its_version(self):
        for program in PROGRAMS:
            done = call(program, "--version")
            self.assertEqual(0, done.returncode, program)
            self.assertRegex(done.stdout, r"\d+\.\d+\.\d+", program)


class BadInput(unittest.TestCase):
    def assert_usage(self, done, *words):
        self.assertEqual(USAGE, done.returncode, done.stdout + done.stderr)
        for word in words:
            self.assertIn(word, done.stderr)

    def assert_one_line(self, program, *arguments, words, program_that_says=""):
        done = call(program, *arguments)
        self.assert_usage(done, *words)
        self.assertEqual(1, done.stderr.count("\n"), done.stderr)
        self.assertTrue(done.stderr.startswith(f"{program_that_says or program}: "), done.stderr)
        self.assertRegex(done.stderr, r"\(see `plumbline[-a-z ]* --help`\)\n$")

    def test_is_a_usage_error_of_one_line_that_says_where_help_is_in_every_program(self):
        for program in PROGRAMS:
            self.assert_one_line(program, "--no-such-option", words=["no option '--no-such-option'"])
            self.assert_one_line(program, words=["missing" if program in ("plumbline", "plumbline-sim") else "required"])
        self.assert_one_line("plumbline", words=["a command is missing; known: ", "conform, ", "sim"])
        self.assert_one_line("plumbline", "help", "sim", "bogus", program_that_says="plumbline-sim",
                             words=["no command 'bogus'; known: exec"])
        self.assert_one_line("plumbline", "conform", "--require", "k", words=["--require cannot be 'k'; did you mean 'K'?"])
        self.assert_one_line("plumbline", "conforn", words=["no command 'conforn'; did you mean 'conform'?"])
        self.assert_one_line("plumbline", "help", "conforn", words=["no command 'conforn'; did you mean 'conform'?"])
        self.assert_one_line("plumbline", "conform", "--sed", "1", words=["did you mean '--seed'?", "plumbline conform --help"])
        self.assert_one_line("plumbline", "conform", "--json", words=["--json"])
        self.assert_one_line("plumbline", "conform", "--seed", "x", words=["--seed"])
        self.assert_one_line("plumbline", "conform", "--jobs", "-1", words=["plumbline: --jobs cannot be '-1' (see"])
        for command in (["plumbline", "conform"], ["plumbline-sim", "up", "w.yaml"]):
            for seed in ("-1", "99999999999999999999", "1.5"):
                self.assert_one_line(*command, "--seed", seed, words=[f"'{seed}' is no whole number from 0 on"])
        self.assert_one_line("plumbline", "conform", "reference", words=["'reference' is one argument too many"])
        self.assert_one_line("plumbline", "run", words=["FILE is required", "plumbline run --help"])
        self.assert_one_line("plumbline", "candidate", words=["a command is missing; known: check"])
        self.assert_one_line("plumbline", "candidate", "chek", words=["no command 'chek'; did you mean 'check'?"])
        self.assert_one_line("plumbline", "candidate", "check", words=["DESCRIPTOR is required"])
        self.assert_one_line("plumbline", "completion", "fish", words=["fish"])
        self.assert_one_line("plumbline-sim", "up", words=["WORLD is required"])
        self.assert_one_line("plumbline-sim", "exec", "vpc-1", words=["COMMAND is required"])
        self.assert_one_line("plumbline-gateway", "--stdio", "--workers", "0", words=["--workers"])
        self.assert_one_line("plumbline-gateway", "serve", words=["'serve' is one argument too many"])
        self.assert_one_line("plumbline-mutant", "--mutant", "random-pik", "--stdio", words=["did you mean 'random-pick'?"])
        self.assert_one_line("plumbline-mutant", "--mutant", "random-pick", words=["needs --stdio"])

    def test_a_command_of_a_candidate_that_does_not_exist_is_a_mistake_of_its_descriptor(self):
        with tempfile.TemporaryDirectory() as folder:
            descriptor = os.path.join(folder, "mine.yaml")
            with open(descriptor, "w", encoding="utf-8") as text:
                text.write("apiVersion: plumbline/v1\nkind: Candidate\nmetadata: {name: mine}\nspec:\n  driver: jsonrpc\n"
                           "  command: [./gone.py]\n")
            for command in (["conform", "--candidate"], ["run", binaries.scenario_path("suites/describe.yaml"), "--candidate"],
                            ["candidate", "check"]):
                done = call("plumbline", *command, descriptor)
                self.assert_usage(done, f"{descriptor}:6:12: command: there is no file {folder}/gone.py")
                self.assertEqual("", done.stdout)
                self.assertEqual(1, done.stderr.count("\n"), done.stderr)

    def test_a_history_that_does_not_exist_is_named(self):
        self.assert_usage(call("plumbline", "judge", "/nowhere/x.jsonl"), "/nowhere/x.jsonl")

    def test_a_candidate_that_does_not_exist_is_named(self):
        self.assert_usage(call("plumbline", "conform", "--candidate", "no-such-gateway"), "no-such-gateway")

    def test_a_rule_glob_that_matches_nothing_is_named(self):
        self.assert_usage(call("plumbline", "conform", "--candidate", "reference", "--rules", "NOPE-*"), "NOPE-*")
        for arguments in (["WRR-0"], ["--json", "--rules", "WRR-0"]):
            done = call("plumbline", "rules", *arguments)
            self.assert_usage(done, "no rule matches 'WRR-0'; did you mean 'WRR-01'?")
            self.assertEqual("", done.stdout)

    def test_what_cannot_be_read_and_what_is_empty_are_told_apart(self):
        for command in (["lint"], ["candidate", "check"], ["sim", "up"]):
            self.assert_usage(call("plumbline", *command, "/nowhere/x.yaml"), "/nowhere/x.yaml", "No such file or directory")
            with tempfile.NamedTemporaryFile(suffix=".yaml") as empty:
                done = call("plumbline", *command, empty.name)
                self.assert_usage(done, empty.name, "expected")
                self.assertNotIn("read", done.stderr)

    def test_a_mutant_that_does_not_exist_is_named(self):
        self.assert_usage(call("plumbline-mutant", "--mutant", "no-such-mutant", "--stdio"), "no-such-mutant")

    def test_output_that_cannot_be_written_is_a_failure(self):
        with open("/dev/full", "w", encoding="utf-8") as full:
            for command in (["rules"], ["sim", "up", "--help"]):
                done = subprocess.run([binaries.BIN + "/plumbline", *command], stdout=full, stderr=subprocess.PIPE, text=True,
                                      timeout=60, check=False)
                self.assertEqual(4, done.returncode, done.stderr)
                self.assertIn("No space left on device", done.stderr)

    def test_nothing_aborts_when_nobody_reads_its_errors(self):
        reading, writing = os.pipe()
        os.close(reading)
        try:
            for command in (["lint", "/nowhere/x.yaml"], ["sim", "up", "/nowhere/x.yaml"]):
                done = subprocess.run([binaries.BIN + "/plumbline", *command], stdout=writing, stderr=writing, timeout=60, check=False,
                                      restore_signals=False, preexec_fn=lambda: signal.signal(signal.SIGPIPE, signal.SIG_IGN))
                self.assertIn(done.returncode, (2, 4), command)
        finally:
            os.close(writing)

    def test_a_history_that_is_no_history_is_refused(self):
        with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as history:
            history.write("not json\n")
            history.flush()
            done = call("plumbline", "judge", history.name)
        self.assert_usage(done, history.name, "history line")


class WhereARunWrites(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.report = os.path.join(folder.name, "report.json")
        with open(self.report, "w", encoding="utf-8") as text:
            text.write("yesterday's")

    def assert_refused(self, command, *options, names):
        done = call("plumbline", *command, *options)
        self.assertEqual(USAGE, done.returncode, done.stdout + done.stderr)
        self.assertEqual("", done.stdout)
        self.assertEqual(1, done.stderr.count("\n"), done.stderr)
        for word in (*names, "nothing was run"):
            self.assertIn(word, done.stderr)
        with open(self.report, encoding="utf-8") as text:
            self.assertEqual("yesterday's", text.read())
        self.assertEqual(["report.json"], os.listdir(self.folder))

    def test_is_looked_at_before_anything_runs(self):
        missing = os.path.join(self.folder, "missing", "x")
        conform, run, mutants = ["conform"], ["run", binaries.scenario_path("suites/round-robin.yaml")], ["mutants"]
        for command in (conform, run):
            self.assert_refused(command, "--json", missing, names=["--json", missing, "No such file"])
            self.assert_refused(command, "--json", self.report, "--junit", missing, names=["--junit", missing])
            self.assert_refused(command, "--junit", self.folder, names=["--junit", self.folder, "is a folder"])
            self.assert_refused(command, "--history-dir", self.report + "/x", names=["--history-dir", self.report, "Not a directory"])
            new = os.path.join(self.folder, "new")
            self.assert_refused(command, "--json", new, "--junit", new, names=["--junit", new, "is the file of --json too"])
        self.assert_refused(mutants, "--json", missing, names=["--json", missing, "No such file"])

    def test_may_be_a_device(self):
        done = call("plumbline", "run", binaries.scenario_path("suites/describe.yaml"), "--json", "/dev/null", "--junit", "/dev/null")
        self.assertEqual(0, done.returncode, done.stdout + done.stderr)


class AnInterruptedRun(unittest.TestCase):
    def test_says_so_first_in_every_report(self):
        with tempfile.TemporaryDirectory() as folder:
            report, junit = os.path.join(folder, "report.json"), os.path.join(folder, "junit.xml")
            process = subprocess.Popen([binaries.PLUMBLINE, "conform", "--candidate", "reference", "--jobs", "1", "--json", report,
                                        "--junit", junit], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                       stderr=subprocess.PIPE, text=True)
            self.addCleanup(process.kill)
            seen = []
            for line in process.stderr:
                seen.append(line)
                if line.startswith("PASS"):
                    break
            process.send_signal(signal.SIGINT)
            out, rest = process.communicate(timeout=30)
            self.assertEqual(3, process.returncode, "".join(seen) + rest + out)
            first = out.split("\n", 1)[0]
            self.assertRegex(first, r"^interrupted after [1-9]\d* of \d+ scenarios; until then: plumbline-reference ")
            with open(report, encoding="utf-8") as text:
                written = json.load(text)
            with open(junit, encoding="utf-8") as text:
                self.assertIn(written["interruption"], text.read())
        self.assertTrue(written["interrupted"])
        self.assertTrue(first.startswith(written["interruption"]))

    def test_ends_in_the_gap_between_introduction_and_first_scenario(self):
        """Between them there is one line on stderr: a full pipe holds the run there."""
        for number in (signal.SIGINT, signal.SIGTERM):
            reading, writing = os.pipe()
            self.addCleanup(os.close, reading)
            os.set_blocking(writing, False)
            with self.assertRaises(BlockingIOError):
                while True:
                    os.write(writing, b".")
            os.set_blocking(writing, True)
            process = subprocess.Popen([binaries.PLUMBLINE, "conform", "--candidate", "reference"], stdin=subprocess.DEVNULL,
                                       stdout=subprocess.PIPE, stderr=writing, text=True)
            self.addCleanup(process.kill)
            os.close(writing)
            tracing.await_call(process.pid, lambda call, arguments: call in WRITE_CALLS and arguments[0] == 2)
            process.send_signal(number)
            tracing.let_go(process.pid)
            with open(reading, encoding="utf-8", closefd=False) as stderr:
                seen = stderr.read().lstrip(".")
            out, _ = process.communicate(timeout=30)
            self.assertEqual(3, process.returncode, f"signal {number}: {seen}{out}")
            self.assertTrue(seen.startswith("candidate plumbline-reference"), seen)
            self.assertRegex(out, r"^interrupted after 0 of \d+ scenarios: plumbline-reference was not judged\.")

    def test_ends_while_a_scenario_is_still_being_read(self):
        with tempfile.TemporaryDirectory() as folder:
            fifo = os.path.join(folder, "scenario.yaml")
            os.mkfifo(fifo)
            process = subprocess.Popen([binaries.PLUMBLINE, "run", fifo], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                       stderr=subprocess.PIPE, text=True)
            self.addCleanup(process.kill)
            with open(fifo, "w", encoding="utf-8"):  # opens once the run has opened it
                process.send_signal(signal.SIGINT)
                out, seen = process.communicate(timeout=30)
        self.assertEqual((3, "", "plumbline: interrupted; nothing runs any more\n"), (process.returncode, out, seen))


class SeveralWorldsAtOnce(unittest.TestCase):
    def up(self, name):
        """Brings the bare world up under a name of its own; returns when it is ready."""
        with open(binaries.scenario_path("worlds/bare.yaml"), encoding="utf-8") as text:
            world = text.read().replace("name: bare", f"name: {name}")
        file = tempfile.NamedTemporaryFile("w", suffix=".yaml")
        self.addCleanup(file.close)
        file.write(world)
        file.flush()
        process = subprocess.Popen([binaries.PLUMBLINE, "sim", "up", file.name], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=subprocess.DEVNULL, text=True)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.terminate)
        self.assertEqual("ready\n", process.stdout.readline())

    def test_are_told_apart_by_name_and_a_command_needs_no_mark(self):
        names = [f"cli-test-{os.getpid()}-{number}" for number in (1, 2)]
        for name in names:
            self.up(name)
        script = "grep -q link1 /proc/net/dev && exit 7"
        for arguments in (["vpc-1", "sh", "-c", script], ["vpc-1", "--", "sh", "-c", script]):
            self.assertEqual(7, call("plumbline", "sim", "exec", "--world", names[1], *arguments).returncode)
        done = call("plumbline", "sim", "exec", "vpc-1", "true")
        self.assertEqual(USAGE, done.returncode)
        for word in (*names, "worlds are up", "choose one with --world"):
            self.assertIn(word, done.stderr)
        done = call("plumbline", "sim", "exec", "--world", names[0], "vpc-7", "true")
        self.assertEqual(USAGE, done.returncode)
        self.assertIn("no VPC or dedicated instance 'vpc-7'; did you mean 'vpc-1'?", done.stderr)


class Results(unittest.TestCase):
    def test_rules_are_json_with_their_scenarios_and_mutants(self):
        done = call("plumbline", "rules", "--json")
        self.assertEqual(0, done.returncode, done.stderr)
        rules = {rule["id"]: rule for rule in json.loads(done.stdout)}
        self.assertGreater(len(rules), 60)
        self.assertEqual({"id", "level", "title", "source", "scenarios", "mutants"},
                         set(rules["WRR-02"]) & {"id", "level", "title", "source", "scenarios", "mutants"})
        self.assertEqual("D", rules["WRR-02"]["level"])
        self.assertIn("weight-per-service", rules["WRR-02"]["mutants"])
        self.assertTrue(rules["WRR-02"]["scenarios"])
        self.assertRegex(call("plumbline", "rules", "TUN-02").stdout, r"judged by: nothing yet: \w+ \w+")
        alone = call("plumbline", "rules", "WRR-02")
        self.assertRegex(alone.stdout, r"\AD WRR-02 .*\n.*judged by: .*weight-per-service.*\n1 rule, 1 of them judged\n\Z")

    def test_doctor_finds_this_host_suitable(self):
        done = call("plumbline", "doctor")
        self.assertEqual(0, done.returncode, done.stdout + done.stderr)
        for word in ("namespaces", "programs", "rules and scenarios"):
            self.assertRegex(done.stdout, rf"good +{word} ")

    def test_what_is_not_built_yet_is_said(self):
        # `make conformance` builds what it needs.
        with tempfile.TemporaryDirectory() as folder:
            for name in ("plumbline", "plumbline-gateway"):
                shutil.copy(os.path.join(binaries.BIN, name), folder)

            def here(*words):
                return subprocess.run([os.path.join(folder, "plumbline"), *words], capture_output=True, text=True, timeout=60,
                                      check=False, env={**os.environ, "PLUMBLINE_HOME": binaries.ROOT})

            doctor = here("doctor")
            self.assertEqual(0, doctor.returncode, doctor.stdout + doctor.stderr)
            self.assertIn("not built yet: plumbline-sim, plumbline-mutant (`make build`)", doctor.stdout)
            sim = here("sim", "--help")
            self.assertEqual(2, sim.returncode)
            self.assertEqual("plumbline: plumbline-sim is not built yet; `make build` builds it\n", sim.stderr)
            os.unlink(os.path.join(folder, "plumbline-gateway"))
            doctor = here("doctor")
            self.assertEqual(4, doctor.returncode, doctor.stdout + doctor.stderr)
            self.assertRegex(doctor.stdout, "MISSING +programs +plumbline-gateway not in ")

    def test_doctor_says_how_to_mend_an_installation(self):
        done = subprocess.run([binaries.PLUMBLINE, "doctor"], capture_output=True, text=True, timeout=60, check=False,
                              env={**os.environ, "PLUMBLINE_HOME": "/nonexistent"})
        self.assertEqual(4, done.returncode, done.stdout + done.stderr)
        self.assertRegex(done.stdout, r"MISSING +rules and scenarios .*/nonexistent.*\n.*set PLUMBLINE_HOME")


if __name__ == "__main__":
    unittest.main()
