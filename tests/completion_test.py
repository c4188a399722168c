#!/usr/bin/env python3
"""Shell completion, as the shells themselves carry it out: what they offer where."""

import os
import subprocess
import tempfile
import unittest

import binaries

# In bash a completion function is called with the line and the cursor, and answers in COMPREPLY.
BASH = r"""
source "$1"
COMP_LINE="$2" COMP_POINT=${#2}
_plumbline
printf '%s\n' "${COMPREPLY[@]}"
"""

# In zsh it calls compadd and _files, which print here what they were given.
ZSH = r"""
compdef() { : }
compset() { : }
compadd() { shift; for each in "$@"; do [[ $each == "$cur"* ]] && print -r -- "$each"; done }
_files() { print -r -- "files:${*[-1]}" }
source "$1"
words=(${(z)2})
[[ $2 == *" " ]] && words+=("")
CURRENT=$#words
_plumbline
"""


class Completion:
    """Runs in `self.shell`; `offered(line)` is what may come where the line ends."""

    @classmethod
    def setUpClass(cls):
        done = binaries.run("completion", cls.shell)
        assert done.returncode == 0, done.stderr
        cls.folder = tempfile.TemporaryDirectory()
        cls.script = os.path.join(cls.folder.name, "script")
        with open(cls.script, "w", encoding="utf-8") as script:
            script.write(done.stdout)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def offered(self, line, folder="/"):
        command = ["bash", "--norc", "-c", BASH, "x"] if self.shell == "bash" else ["zsh", "-f", "-c", ZSH, "x"]
        done = subprocess.run([*command, self.script, line], capture_output=True, text=True, timeout=60, check=False, cwd=folder)
        self.assertEqual("", done.stderr, line)
        return set(done.stdout.split("\n")) - {""}

    def test_of_commands_and_options(self):
        self.assertLessEqual({"conform", "lint", "sim", "gateway"}, self.offered("plumbline "))
        self.assertEqual({"conform", "completion"}, self.offered("plumbline co"))
        self.assertEqual({"--json", "--junit", "--jobs"}, self.offered("plumbline conform --seed 1 --j"))
        self.assertEqual({"check"}, {word for word in self.offered("plumbline candidate ") if not word.startswith("-")})
        self.assertEqual({"D", "K", "E"}, self.offered("plumbline conform --require "))

    def test_of_candidates_and_mutants(self):
        everyone = self.offered("plumbline conform --candidate ")
        self.assertLessEqual({"reference", "haproxy", "mutant:random-pick"}, everyone)
        self.assertEqual({"reference"}, {word for word in self.offered("plumbline candidate check ref") if word[:5] != "files"})

    def test_of_rules(self):
        self.assertEqual({f"WRR-0{n}" for n in range(1, 10)}, self.offered("plumbline rules --rules WRR-"))

    def test_of_the_simulation(self):
        self.assertEqual({"up", "exec", "fault", "heal", "node", "record", "replay", "status"}, {word for word in self.offered("plumbline sim ") if not word.startswith("-")})
        self.assertEqual({"--seed"}, self.offered("plumbline sim up --s"))
        self.assertEqual({"--world"}, self.offered("plumbline sim exec --w"))
        self.assertEqual({"--kubeconfig-dir"}, self.offered("plumbline-sim up --k"))

    def test_of_words_that_an_option_or_argument_chooses_from(self):
        self.assertEqual({"tls", "tokens"}, self.offered("plumbline sim fault cls-1 t"))
        self.assertEqual({"expired"}, self.offered("plumbline sim fault cls-1 tls --tls e"))
        self.assertEqual({"notReady"}, self.offered("plumbline-sim node cls-1 node-1 n"))
        self.assertEqual({"tls", "tokens"}, self.offered("plumbline sim heal cls-1 t"))


class InBash(Completion, unittest.TestCase):
    shell = "bash"

    def test_of_a_mutant_goes_on_after_the_colon(self):
        self.assertEqual({"random-pick"}, self.offered("plumbline run x.yaml --candidate mutant:random-p"))
        self.assertEqual({"reference"}, self.offered("plumbline conform --candidate=refer"))

    def test_of_files_by_what_they_are_for(self):
        with tempfile.TemporaryDirectory() as folder:
            os.mkdir(os.path.join(folder, "sub"))
            for name in ("a b.yaml", "c.yaml", "h.jsonl", "r.json"):
                with open(os.path.join(folder, name), "w", encoding="utf-8"):
                    pass
            for line in ("plumbline run ", "plumbline lint ", "plumbline sim up "):
                self.assertEqual({"a b.yaml", "c.yaml", "sub"}, self.offered(line, folder))
            self.assertEqual({"h.jsonl", "sub"}, self.offered("plumbline judge ", folder))
            self.assertEqual({"r.json"}, self.offered("plumbline conform --json r", folder))
            self.assertEqual({"sub"}, self.offered("plumbline conform --history-dir ", folder))
            self.assertLessEqual({"c.yaml", "reference"}, self.offered("plumbline conform --candidate ", folder))


class InZsh(Completion, unittest.TestCase):
    shell = "zsh"

    def test_of_a_mutant_is_the_whole_word(self):
        self.assertEqual({"mutant:random-pick"}, {word for word in self.offered("plumbline run --candidate mutant:random-p")
                                                  if not word.startswith("files:")})

    def test_of_files_by_what_they_are_for(self):
        self.assertEqual({"files:*.yaml"}, self.offered("plumbline run "))
        self.assertEqual({"files:*.jsonl"}, self.offered("plumbline judge "))
        self.assertEqual({"files:-/"}, self.offered("plumbline conform --history-dir "))


if __name__ == "__main__":
    unittest.main()
