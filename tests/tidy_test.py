#!/usr/bin/env python3
"""What the style asks of every file and a compiler does not see (docs/STYLE.md)."""

import os
import re
import unittest

import layers

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

LINES_MAX = 400
# Files that may be longer, each with its reason.
LONG_FILES = {}

# Pure folders: time, randomness and sockets come through ports (docs/STYLE.md, Determinism).
PURE = ("model/", "wire/", "reference/core/", "reference/ports/", "conformance/checks/", "conformance/language/",
        "simulator/yaml/")
IMPURE_CALL = re.compile(r"(steady_clock|system_clock)::now\s*\(|std::random_device|\b(s?rand|time)\s*\(\s*(NULL|nullptr|0)?\s*\)|::socket\s*\(")
SLEEP = re.compile(r"\bsleep_(for|until)\b|\busleep\s*\(|[^_\w]sleep\s*\(\s*\d")
LEFTOVER = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
SKIPPED = re.compile(r"\bGTEST_SKIP\b|\bDISABLED_\w")


def text_of(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as text:
        return text.read()


def scripts():
    for base, folders, files in os.walk(ROOT):
        folders[:] = sorted(f for f in folders if not f.startswith(".") and f not in ("build", "out", "__pycache__"))
        yield from (os.path.relpath(os.path.join(base, name), ROOT) for name in sorted(files) if name.endswith(".py"))


def lines_matching(pattern, paths):
    return [f"{path}:{number}: {line.strip()}" for path in paths
            for number, line in enumerate(text_of(path).splitlines(), 1) if pattern.search(line)]


class EveryFile(unittest.TestCase):
    def setUp(self):
        self.paths = list(layers.sources(ROOT))

    def test_is_short_or_says_why(self):
        long = {path: count for path in [*self.paths, *scripts()] if (count := text_of(path).count("\n")) > LINES_MAX}
        self.assertEqual({}, {path: count for path, count in long.items() if path not in LONG_FILES})
        self.assertEqual([], [path for path in LONG_FILES if path not in long], "no longer long: take it off the list")

    def test_has_no_left_over(self):
        self.assertEqual([], lines_matching(LEFTOVER, self.paths))

    def test_skips_no_test(self):
        self.assertEqual([], lines_matching(SKIPPED, self.paths))

    def test_of_a_pure_folder_has_no_clock_and_no_chance(self):
        self.assertEqual([], lines_matching(IMPURE_CALL, [p for p in self.paths if p.startswith(PURE)]))

    def test_that_is_a_test_does_not_sleep(self):
        self.assertEqual([], lines_matching(SLEEP, [p for p in [*self.paths, *scripts()] if p.endswith(("_test.cc", "_test.py"))]))

    def test_that_is_a_fuzz_target_has_seeds(self):
        targets = [path.removesuffix(".cc") for path in self.paths if path.endswith("_fuzz.cc")]
        self.assertEqual([], [target for target in targets if not os.path.isdir(os.path.join(ROOT, target + "_corpus"))])
        names = [os.path.basename(target) for target in targets]
        self.assertEqual(sorted(set(names)), sorted(names), "targets of one name would be one program")

    def test_that_is_a_header_opens_with_what_it_is(self):
        bare = [path for path in self.paths if path.endswith(".h") and not text_of(path).startswith("//")]
        self.assertEqual([], bare)


class EveryFolder(unittest.TestCase):
    def test_has_a_readme(self):
        folders = {os.path.dirname(path) for path in layers.sources(ROOT)}
        self.assertEqual([], sorted(f for f in folders if not os.path.exists(os.path.join(ROOT, f, "README.md"))))


if __name__ == "__main__":
    unittest.main()
